//! The README's commands, run in their order and as they are printed, by a shell in an empty folder.
//!
//! Programs are found in a folder of their own: `cargo demo` and `cargo run -p trainer` there start the binaries that the
//! tests were built with, and `curl` says which URL it was given. Of what is printed, nothing is changed but
//! [the addresses and the bucket](Shell::insert). A command that a script runs, or nobody, stands here with the reason.

use std::{
    collections::BTreeSet,
    fmt::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use local::s3::EmbeddedS3;
use serde_json::Value;
use store::{LatestState, Store};
use tempfile::TempDir;
use tests::{binaries::binary, catalog, log::Log, wait::TIMEOUT};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// What a span of code in the README's prose begins with if it is a command.
const PROGRAMS: [&str; 9] = ["aws", "cargo", "curl", "docker", "npm", "pip", "rustup", "sam", "trainer"];

/// What a script runs, and which one.
const RUN_BY_SCRIPTS: [(&str, &str); 7] = [
    ("cargo test --workspace", ".ci/run"),
    ("sam build --parameter-overrides Architecture=x86_64", "tests/lambda.sh"),
    ("cargo lambda watch --invoke-address 127.0.0.1 --invoke-port 9050 --ignore-changes", "tests/lambda.sh"),
    ("curl '127.0.0.1:9050/lambda-url/recommend/v1/recommendations?song=Wing+of+Ohio&limit=1'", "tests/lambda.sh"),
    (
        "cargo lambda invoke recommend --invoke-address 127.0.0.1 --invoke-port 9050 --data-file events/recommend.json",
        "tests/lambda.sh",
    ),
    (
        "sam local invoke RecommendFunction --event events/recommend.json --parameter-overrides Architecture=x86_64",
        "tests/sam-local.sh",
    ),
    ("sam local start-api --port 3000 --parameter-overrides Architecture=x86_64", "tests/sam-local.sh"),
];

/// What nobody runs as it is printed, and why.
const NOT_RUN: [(&str, &str); 9] = [
    (
        "cargo binstall --git https://github.com/segue-music/segue trainer",
        "needs a release; workflow.rs compares the names that it looks for with those that are uploaded",
    ),
    ("sam build", "tests/lambda.sh does, into another folder, where rustc has the target"),
    ("sam deploy", "needs an AWS account"),
    ("sam deploy --guided", "needs an AWS account"),
    ("aws s3 cp tracks.csv s3://BUCKET/uploads/", "needs an AWS account; train.rs uploads and sends the event"),
    ("pip install cargo-lambda ziglang aws-sam-cli", "tests/lambda-tools.sh installs them, in versions that it names"),
    ("rustup target add aarch64-unknown-linux-gnu", "changes the toolchain of whoever runs the tests"),
    (
        "docker compose -f infra/compose.yaml up --wait minio && docker compose -f infra/compose.yaml run --rm bucket",
        "its images cannot be had everywhere; the next commands use the embedded server in its place",
    ),
    (
        "cargo bench --profile dev -p benches --bench cold_start",
        "a measurement of minutes beside Python services; that it compiles is checked with all targets",
    ),
];

/// The port that `cargo demo` answers on, as the README has it.
const PORT: &str = "localhost:9000/";
/// Where the README has MinIO.
const MINIO: &str = "http://127.0.0.1:9100";
/// The bucket of the README's user.
const BUCKET: &str = "s3://BUCKET/";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).expect("a file of the repository")
}

/// The commands of a Markdown text in its order, each once: the lines of its shell blocks, and the spans of code in its
/// prose that begin with a program.
fn commands(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, part) in text.split("```").enumerate() {
        if number % 2 == 1 {
            let (language, block) = part.split_once('\n').expect("a block of lines");
            if ["sh", "bash", "shell", "console", ""].contains(&language) {
                let block = block.replace("\\\n", " ");
                found.extend(block.lines().map(|line| line.trim_start_matches("$ ").trim().to_owned()));
            }
        } else {
            let spans = part.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>());
            found.extend(
                spans.filter(|words| words.len() > 1 && PROGRAMS.contains(&words[0])).map(|words| words.join(" ")),
            );
        }
    }
    found.retain(|command| !command.is_empty() && !command.starts_with('#'));
    let mut seen = BTreeSet::new();
    found.retain(|command| seen.insert(command.clone()));
    found
}

/// A demo that answers.
struct Demo {
    _child: Child,
    _log: Log,
    /// Its address, `localhost:PORT/`.
    address: String,
}

/// A user's shell.
struct Shell {
    folder: TempDir,
    /// The server of the user's bucket, and the one in MinIO's place.
    s3: EmbeddedS3,
    /// The `export` lines so far.
    exported: String,
    demo: Option<Demo>,
}

impl Shell {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let s3 = EmbeddedS3::start(&folder.path().join("s3")).await.expect("an S3 server");
        s3.create_bucket("users-bucket").expect("a bucket");
        let shell = Self { folder, s3, exported: String::new(), demo: None };
        let (demo, trainer) = (binary("segue-demo"), binary("trainer"));
        shell.program(
            "cargo",
            &format!(
                "case \"$*\" in\n\
                 'demo' | 'demo '*) shift; exec '{}' --port 0 \"$@\" ;;\n\
                 'run --release -p trainer -- '*) shift 5; exec '{}' \"$@\" ;;\n\
                 *) echo \"no test runs: cargo $*\" >&2; exit 1 ;;\nesac",
                demo.display(),
                trainer.display()
            ),
        );
        shell.program("trainer", &format!("exec '{}' \"$@\"", trainer.display()));
        shell.program("curl", "printf '%s\\n' \"$@\"");
        // `cargo demo` is an alias of this.
        assert!(read(".cargo/config.toml").contains("demo = \"run --package local --\""));

        // Enough songs for every one of the README's requests.
        let mut csv = catalog::csv();
        for (artist, year) in [("ABBA", 1974), ("Rick Astley", 1991), ("Somebody Else", 2001)] {
            let _ = writeln!(csv, "Dance,{artist},An album,pop,0.88,132,0.48,0.2,50,{year},No");
        }
        std::fs::write(shell.folder.path().join("tracks.csv"), csv).expect("writes");
        let events = shell.folder.path().join("events");
        std::fs::create_dir(&events).expect("a folder");
        std::fs::copy(repository().join("events/tracks.csv"), events.join("tracks.csv")).expect("copies");
        shell
    }

    /// Puts a program on the path.
    fn program(&self, name: &str, script: &str) {
        let folder = self.folder.path().join("bin");
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("writes");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("may be run");
    }

    /// The command with this test's own addresses and bucket.
    fn insert(&self, command: &str) -> String {
        command.replace(MINIO, &self.s3.endpoint()).replace(BUCKET, "s3://users-bucket/")
    }

    fn shell(&self, command: &str) -> Command {
        let inserted = self.insert(command);
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{}exec {inserted}", self.exported)]).current_dir(self.folder.path());
        shell.env_clear().env("PATH", format!("{}:{path}", self.folder.path().join("bin").display()));
        if command.contains(BUCKET) {
            // Who has a bucket has told the AWS tools so.
            shell.envs(self.s3.env());
        }
        shell.stdin(Stdio::null()).kill_on_drop(true);
        shell
    }

    /// Runs a command to its end.
    async fn output(&self, command: &str) -> Output {
        let output = tokio::time::timeout(TIMEOUT, self.shell(command).output()).await;
        let output = output.unwrap_or_else(|_| panic!("{command} does not end")).expect("there is a shell");
        assert!(output.status.success(), "{command}: {output:?}");
        output
    }

    /// Starts `cargo demo`, in the place of the one before, and asks it what it prints.
    async fn start_demo(&mut self, command: &str) {
        self.demo = None;
        let log = Log::new(command);
        let mut shell = self.shell(command);
        shell.stdout(Stdio::piped()).stderr(log.stdio().1);
        let mut child = shell.spawn().expect("there is a shell");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let printed = async {
            loop {
                let line = lines.next_line().await.expect("a line").expect("the demo goes on");
                if line.starts_with("curl ") {
                    return line;
                }
            }
        };
        let printed = tokio::time::timeout(TIMEOUT, printed).await.expect("the demo says what to ask");
        let url = self.url(&printed).await;
        let address = url.strip_prefix("http://").and_then(|url| url.split_inclusive('/').next()).expect("an address");
        self.demo = Some(Demo { _child: child, _log: log, address: address.to_owned() });
        let answer = get(&url).await;
        if command == "cargo demo" {
            assert_eq!(answer["model"]["tracks"], 20_000);
        }
    }

    /// The URL that the shell gives to `curl`.
    async fn url(&self, command: &str) -> String {
        let arguments = String::from_utf8(self.output(command).await.stdout).expect("text");
        let [url] = arguments.lines().collect::<Vec<_>>()[..] else { panic!("{command}: not one URL: {arguments}") };
        // An ampersand that is not quoted ends a command.
        assert!(command.trim_end_matches(['\'', '"']).ends_with(url), "{command}: the shell takes {url} for the URL");
        url.to_owned()
    }

    /// Sends a request of the README to the demo.
    async fn curl(&self, command: &str) {
        let url = self.url(command).await;
        let target = url.strip_prefix(PORT).unwrap_or_else(|| panic!("{url} is not of {PORT}"));
        let demo = self.demo.as_ref().expect("a demo was started before it is asked");
        get(&format!("http://{}{target}", demo.address)).await;
    }

    /// Trains, and looks for what the README says that is written.
    async fn train(&self, command: &str) {
        self.output(command).await;
        for file in ["model/model.segue", "model/report/index.html"] {
            assert!(self.folder.path().join(file).is_file(), "{command}: no {file}");
        }
        if command.contains("--publish") {
            let location = self.insert("s3://BUCKET/segue").parse().expect("a location");
            let latest = Store::with_client(self.s3.client(), location).latest(None).await;
            assert!(matches!(latest, Ok(LatestState::Found { .. })), "{command}: {latest:?}");
        }
    }

    /// Whether there is a way to run this here; then it is run.
    async fn run(&mut self, command: &str) -> bool {
        match command.split(' ').collect::<Vec<_>>()[..] {
            ["cargo", "demo", ..] => self.start_demo(command).await,
            ["cargo", "run", "--release", "-p", "trainer", "--", "train", ..] => self.train(command).await,
            ["trainer", ..] => drop(self.output(command).await),
            ["curl", ..] => self.curl(command).await,
            ["export", ..] => self.exported += &format!("{command}\n"),
            _ => return false,
        }
        true
    }
}

/// Asks for songs or clusters, and gets some.
async fn get(url: &str) -> Value {
    let answer = reqwest::get(url).await.expect("an answer");
    let (status, answer) = (answer.status(), answer.json::<Value>().await.expect("JSON"));
    assert_eq!(status, 200, "{url}: {answer}");
    let lists: Vec<&Vec<Value>> =
        ["tracks", "recommendations", "clusters"].iter().filter_map(|list| answer[list].as_array()).collect();
    assert!(!lists.is_empty() && lists.iter().all(|list| !list.is_empty()), "{url}: {answer}");
    answer
}

#[tokio::test]
async fn every_command_of_the_readme_is_run_or_it_is_known_why_not() {
    let readme = read("README.md");
    let commands = commands(&readme);
    assert!(commands.len() > 20, "the README's commands were not found: {commands:#?}");
    let mut shell = Shell::new().await;
    let mut run = 0;
    for command in &commands {
        let command = command.as_str();
        let elsewhere = RUN_BY_SCRIPTS.iter().chain(&NOT_RUN).any(|(other, _)| *other == command);
        if !elsewhere {
            assert!(shell.run(command).await, "the README prints what nobody runs: {command}");
            run += 1;
        }
    }
    assert!(run >= 12, "only {run} commands were run");
    // Free ports have taken the place of the one that the README has.
    let help = shell.output("cargo demo --help").await;
    assert!(String::from_utf8_lossy(&help.stdout).contains("[default: 9000]"), "{help:?}");
}

#[test]
fn scripts_run_what_is_left_to_them_and_nothing_is_left_that_is_not_printed() {
    let commands = commands(&read("README.md"));
    for (command, script) in RUN_BY_SCRIPTS {
        let script_text = read(script);
        let runs = |line: &str| !line.trim_start().starts_with('#') && line.contains(command);
        assert!(script_text.lines().any(runs), "{script} does not run: {command}");
    }
    for (command, _) in RUN_BY_SCRIPTS.into_iter().chain(NOT_RUN) {
        assert!(commands.iter().any(|printed| printed == command), "the README does not print: {command}");
    }
}

#[test]
fn commands_are_found_wherever_a_text_has_them() {
    let text = "Run `cargo demo`, see `docs/`, or `cargo\nbench -p x`.\n\n```sh\n# one\ncurl 'a&b'\ncargo demo \\\n    --s3 x\n```\n\
                and `trainer`\n\n```json\n{}\n```\n\n```console\n$ sam build\n```\nand again `cargo demo`.\n";
    assert_eq!(commands(text), ["cargo demo", "cargo bench -p x", "curl 'a&b'", "cargo demo      --s3 x", "sam build"]);
}
