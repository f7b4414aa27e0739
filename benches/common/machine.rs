//! What was measured on: figures mean little without it.

use serde_json::{Value, json};

/// The machine, as far as it tells: processor, cores, memory, kernel, and how busy it was just now.
pub fn describe() -> Value {
    let (cpu, memory, kernel, load) = read_proc();
    json!({
        // Arm's have no name.
        "cpu": cpu.unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
        "cores": std::thread::available_parallelism().map_or(0, usize::from),
        "memory_bytes": memory,
        "kernel": kernel,
        "load_before": load,
    })
}

/// Name of the processor, bytes of memory, release of the kernel, mean load of the last minute.
#[cfg(target_os = "linux")]
fn read_proc() -> (Option<String>, Option<u64>, Option<String>, Option<f64>) {
    use procfs::{CpuInfo, Current, LoadAverage, Meminfo};

    let cpu = CpuInfo::current().ok().and_then(|info| info.model_name(0).map(str::to_owned));
    let memory = Meminfo::current().ok().map(|info| info.mem_total);
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok().map(|release| release.trim().to_owned());
    // It is told to a hundredth.
    let load = LoadAverage::current().ok().map(|load| (f64::from(load.one) * 100.0).round() / 100.0);
    (cpu, memory, kernel, load)
}

#[cfg(not(target_os = "linux"))]
fn read_proc() -> (Option<String>, Option<u64>, Option<String>, Option<f64>) {
    (None, None, None, None)
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

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_memory_kernel_and_load() {
        let machine = super::describe();
        assert!(machine["memory_bytes"].as_u64().is_some_and(|bytes| bytes > 1 << 28), "{machine}");
        assert!(machine["kernel"].is_string() && machine["load_before"].is_number(), "{machine}");
    }
}
