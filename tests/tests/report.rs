//! The report that `trainer train` writes: one page that stands by itself, in a Chromium where there is one.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use segue_tests::{catalog, world::train};
use tempfile::TempDir;

/// What the page says once a browser has made it: longer than any start of a browser takes.
const PATIENCE: Duration = Duration::from_secs(60);

const HOSTILE: &str = "<script>document.title='taken'</script>";

fn report() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let csv = folder.path().join("tracks.csv");
    let mut table = catalog::csv();
    for track in 0..30 {
        table.push_str(&format!("{HOSTILE} {track},{HOSTILE},An album,{HOSTILE},0.5,100,0.5,0.5,5{track},2000,No\n"));
    }
    std::fs::write(&csv, table).expect("writes");
    train(&csv, &["--k", "4"])
}

fn chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    let folders: Vec<PathBuf> =
        std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    named
        .into_iter()
        .chain(names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))))
        .find(|path| path.is_file())
}

/// What Chromium makes of a page, and what it says of it; nothing where it does not come to an end.
fn rendered(chromium: &Path, page: &Path) -> Option<(String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let (dom, log) = (folder.path().join("dom.html"), folder.path().join("log"));
    let mut child = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
        .args(["--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", page.display()))
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&dom).expect("a file"))
        .stderr(std::fs::File::create(&log).expect("a file"))
        .spawn()
        .ok()?;
    let begun = Instant::now();
    while child.try_wait().expect("its state").is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill().expect("ends");
            child.wait().expect("ended");
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let read = |path| String::from_utf8_lossy(&std::fs::read(path).expect("reads")).into_owned();
    Some((read(dom), read(log)))
}

#[test]
fn the_report_is_one_file_and_its_charts() {
    let folder = report();
    let mut files: Vec<String> = std::fs::read_dir(folder.path().join("report"))
        .expect("a report")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    assert_eq!(files, ["cluster_profile.svg", "confusion_matrix.svg", "elbow.svg", "index.html", "metrics.json"]);
    let page = std::fs::read_to_string(folder.path().join("report/index.html")).expect("a page");
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "names are markup");
    for link in ["src=", "@import", "url(", "<link"] {
        assert!(!page.contains(link), "the page fetches something: {link}");
    }
}

#[test]
fn a_browser_shows_the_report_without_a_complaint() {
    let Some(chromium) = chromium() else {
        eprintln!("skipped: there is no Chromium on PATH; CHROMIUM may name one");
        return;
    };
    let folder = report();
    let Some((dom, log)) = rendered(&chromium, &folder.path().join("report/index.html")) else {
        eprintln!("skipped: {} did not come to an end", chromium.display());
        return;
    };
    assert!(dom.contains("<title>segue model report</title>"), "{dom:.300}");
    for id in ["data", "k", "clusters", "map", "classifier", "search", "recommendations", "timings"] {
        assert!(dom.contains(&format!("<section id=\"{id}\"")), "{id} is not there");
    }
    // A page's own complaints are logged with their source; the browser's about its surroundings are not.
    let complaints: Vec<&str> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(complaints.is_empty(), "{complaints:?}");
}
