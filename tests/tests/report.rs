//! The report that `trainer train` writes: one page that stands by itself. `tests/browser/report.test.js` opens it.

use tempfile::TempDir;
use tests::{catalog, test_env::train};

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
