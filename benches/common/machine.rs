//! What was measured on: figures mean little without it.

use std::fs;

use serde_json::{Value, json};

/// The machine, as far as it tells: processor, cores, memory, kernel, and how busy it was just now.
pub fn describe() -> Value {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (cpuinfo, meminfo) = (read("/proc/cpuinfo"), read("/proc/meminfo"));
    // Arm's have no name there.
    let cpu = field(&cpuinfo, "model name").unwrap_or(std::env::consts::ARCH);
    let memory = field(&meminfo, "MemTotal").and_then(|size| size.trim_end_matches(" kB").parse::<u64>().ok());
    let load = read("/proc/loadavg");
    json!({
        "cpu": cpu,
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_bytes": memory.map(|kilobytes| kilobytes * 1024),
        "kernel": read("/proc/sys/kernel/osrelease").trim(),
        "load_before": load.split(' ').next().and_then(|load| load.parse::<f64>().ok()),
    })
}

/// The same in a line.
pub fn line(machine: &Value) -> String {
    let memory = machine["memory_bytes"].as_u64().unwrap_or(0) as f64 / (1 << 30) as f64;
    format!(
        "{}, {} cores, {memory:.1} GiB, Linux {}, load {} before",
        machine["cpu"].as_str().unwrap_or("?"),
        machine["cores"],
        machine["kernel"].as_str().unwrap_or("?"),
        machine["load_before"]
    )
}

/// The first value of this name among lines of `name: value`.
fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let text = "MemTotalAll: 1 kB\nMemTotal:       2 kB\nMemTotal: 3 kB\nnothing\n";
        assert_eq!(field(text, "MemTotal"), Some("2 kB"));
        assert_eq!(field(text, "Mem"), None);
    }
}
