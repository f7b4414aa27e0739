//! Every command of the README is run as it is printed, or it stands here why not.

use std::path::Path;

/// Where commands are run, word for word.
const RUN_BY: [&str; 3] = [".ci/run", "tests/lambda.sh", "tests/sam-local.sh"];

/// The requests to a demo on the table that the README shows: `readme.rs` sends them.
const REQUESTS: &str = "curl 'localhost:9000";

/// What is not run as it is printed, and what is run in its place.
const NOT_RUN: [(&str, &str); 10] = [
    ("cargo demo", "demo.rs starts the same binary, on a free port"),
    ("cargo demo --data events/tracks.csv", "lambda.sh starts the same binary, on a free port"),
    ("cargo run --release -p trainer -- train --data tracks.csv --out model", "trainer.rs runs the same binary"),
    (
        "cargo run --release -p trainer -- train --data tracks.csv --out model --publish s3://BUCKET/segue",
        "world.rs publishes with the same binary",
    ),
    ("sam build", "lambda.sh does, into another folder, where the target is installed"),
    ("sam deploy --guided", "it needs an account"),
    ("aws s3 cp tracks.csv s3://BUCKET/uploads/", "it needs an account; train.rs uploads and sends the event"),
    (
        "docker compose -f infra/compose.yaml up --wait minio && docker compose -f infra/compose.yaml run --rm bucket",
        "its images cannot be had everywhere",
    ),
    ("export AWS_ACCESS_KEY_ID=segue AWS_SECRET_ACCESS_KEY=segue-on-loopback", "for the server of the line before"),
    ("cargo demo --s3 http://127.0.0.1:9100", "for the server of the line before"),
];

#[test]
fn every_command_of_the_readme_is_run_or_it_is_known_why_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a file of the repository");
    let readme = read("README.md");
    let scripts = RUN_BY.map(read);
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let commands: Vec<&str> = blocks.flat_map(str::lines).collect();
    assert!(commands.len() > 12, "the README's commands were not found");
    for command in commands {
        let is_run = command.starts_with(REQUESTS) || scripts.iter().any(|script| script.contains(command));
        let is_excused = NOT_RUN.iter().any(|(excused, _)| *excused == command);
        assert!(is_run || is_excused, "nobody runs: {command}");
    }
}
