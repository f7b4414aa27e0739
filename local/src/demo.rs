//! What `cargo demo` does: S3, a trained and published model, and the function's routes on a loopback port.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use aws_sdk_s3::{
    Client,
    config::{Credentials, Region},
};
use clap::Parser;
use environment::settings::Environment;
use recommend::{models::Source, settings::Settings, start};
use store::{Store, Upload};
use tokio::net::TcpListener;
use trainer::{
    console::Console,
    input::Input,
    output,
    progress::Progress,
    report, synth, table,
    training::{self, Options, Trained},
};
use uuid::Uuid;

use crate::s3::EmbeddedS3;

const MODEL_URI: &str = "s3://segue/demo";
const REGION: &str = "us-east-1";
const TRACKS: u64 = 20_000;
const DEFAULT_PORT: u16 = 9000;
/// The function's settings that have another value here where they are not set. The demo is reached from this machine
/// only, and whoever publishes another model to it waits for it.
const DEFAULTS: [(&str, &str); 3] = [("CORS_ORIGINS", "*"), ("REFRESH_SECONDS", "5"), ("SPOTIFY_COMPAT", "true")];
/// What `--help` says of them.
const SETTINGS: &str = "\
Environment variables, the function's settings:
  CORS_ORIGINS     Comma-separated origins whose pages may read the answers, or * [default: *]
  API_TOKENS       Comma-separated SHA-256 hashes of accepted bearer tokens [default: no authentication]
  REFRESH_SECONDS  How often to look for a new model at most, 0 for never [default: 5]
  DEADLINE_MS      How long a request waits for a model before it is answered with 503 [default: 8000]
  SPOTIFY_COMPAT   Whether the routes of Spotify's Web API are there below /spotify/v1, true or false [default: true]";

/// Trains a model, publishes it to S3 and answers requests from it: all on this machine.
///
/// Without options it makes up a catalogue of 20,000 tracks and runs an S3 server of its own, which keeps its data in
/// target/segue/.
#[derive(Debug, Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo", version, max_term_width = 100, after_help = SETTINGS)]
pub struct Demo {
    /// Track table to train on: .csv, .tsv, .csv.gz or .zip, or a folder of them [default: a made-up catalogue]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Port to answer on; 0 takes any that is free. On another than 9000, the demo publishes to s3://segue/demo-PORT
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// An S3 server to use, such as MinIO at http://127.0.0.1:9100, with the keys in AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY [default: one in this process]
    #[arg(long, value_name = "URL")]
    s3: Option<String>,
    /// Folder for what the demo writes
    #[arg(long, default_value = "target/segue")]
    dir: PathBuf,
}

impl Demo {
    /// Runs until Ctrl-C.
    ///
    /// # Errors
    ///
    /// What could not be started, and what to do about it.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut settings = Settings::read(&with_defaults(Environment::of_process(), self.port))?;
        // `API_TOKENS` has hashes of tokens, and no token for the request that is printed.
        let token = settings.access.tokens.as_mut().map(|tokens| {
            let token = Uuid::new_v4().simple().to_string();
            tokens.add(token.as_bytes());
            token
        });
        let listener = TcpListener::bind(("127.0.0.1", self.port))
            .await
            .with_context(|| format!("cannot listen on port {}: choose another with --port", self.port))?;
        let address = listener.local_addr()?;

        let embedded;
        let mut env = vec![("MODEL_URI", settings.model.to_string())];
        let client = match &self.s3 {
            Some(url) => {
                env.push(("AWS_ENDPOINT_URL_S3", url.clone()));
                env.push(("AWS_REGION", REGION.into()));
                client(url, &key("AWS_ACCESS_KEY_ID")?, &key("AWS_SECRET_ACCESS_KEY")?)
            }
            None => {
                let root = self.dir.join("s3");
                embedded = EmbeddedS3::start(&root)
                    .await
                    .with_context(|| format!("cannot start an S3 server over {}", root.display()))?;
                eprintln!("S3         {} (data in {})", embedded.endpoint(), root.display());
                env.extend(embedded.env().into_iter().filter(|(_, value)| !value.is_empty()));
                embedded.client()
            }
        };
        let bucket = settings.model.bucket();
        ensure_bucket(&client, bucket).await.with_context(|| format!("cannot make the bucket {bucket}"))?;
        let store = Store::with_client(client, settings.model.clone());

        let dir = self.dir.clone();
        let trained = tokio::task::spawn_blocking(move || train(self.data, &dir)).await??;
        let published = store.publish(Upload::of(trained.file.clone().into(), Vec::new())?).await?;
        eprintln!("published  {} at {}", published.version, published.location);

        let router = start::over(Source::Store(store), &settings).router;
        println!("\nsegue answers at http://{address}; try\n");
        let url = example(&trained, address.port());
        match token {
            None => println!("curl '{url}'\n"),
            Some(token) => {
                println!("curl '{url}' -H 'Authorization: Bearer {token}'\n");
                println!("This token is accepted until the demo ends, and so are those of API_TOKENS.\n");
            }
        }
        println!("or open http://localhost:{}/ in a browser.\n", address.port());
        println!("Other programs find the model with\n");
        for (name, value) in env {
            println!("export {name}={value}");
        }
        println!();
        println!("Ctrl-C ends it.");
        axum::serve(listener, router)
            .with_graceful_shutdown(async {
                // Where no signal can be waited for, the process is ended as any other.
                if tokio::signal::ctrl_c().await.is_err() {
                    std::future::pending::<()>().await;
                }
            })
            .await?;
        Ok(())
    }
}

/// The variables that the function's settings are read from, with the demo's own model and defaults.
fn with_defaults(
    process: Environment<impl Fn(&str) -> Option<String>>,
    port: u16,
) -> Environment<impl Fn(&str) -> Option<String>> {
    let default =
        |name: &str| DEFAULTS.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned());
    Environment::new(move |name| match name {
        "MODEL_URI" => Some(model_uri(port)),
        _ => process.get(name).or_else(|| default(name)),
    })
}

fn key(name: &str) -> anyhow::Result<String> {
    match std::env::var(name) {
        Ok(key) if !key.is_empty() => Ok(key),
        _ => bail!("--s3 needs the server's keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY ({name} is not set)"),
    }
}

fn client(url: &str, access_key: &str, secret_key: &str) -> Client {
    let config = store::base_config()
        .region(Region::from_static(REGION))
        .endpoint_url(url)
        .force_path_style(true)
        .credentials_provider(Credentials::new(access_key, secret_key, None, None, "environment"))
        .build();
    Client::from_conf(config)
}

async fn ensure_bucket(client: &Client, bucket: &str) -> anyhow::Result<()> {
    if client.head_bucket().bucket(bucket).send().await.is_err() {
        client.create_bucket().bucket(bucket).send().await?;
    }
    Ok(())
}

/// Where the demo of a port publishes to: of two at a time, the second is not to replace the catalogue of the first.
fn model_uri(port: u16) -> String {
    if [0, DEFAULT_PORT].contains(&port) { MODEL_URI.to_owned() } else { format!("{MODEL_URI}-{port}") }
}

fn train(data: Option<PathBuf>, dir: &Path) -> anyhow::Result<Trained> {
    let console = Console::new();
    let is_own = data.is_some();
    let data = match data {
        Some(data) => data,
        None => {
            let made_up = dir.join("tracks.csv");
            let stage = console.stage("synth", TRACKS);
            output::write_with(&made_up, |file| synth::write(TRACKS, 1, file, &mut |done| stage.set(done)))?;
            stage.done(&format!("{TRACKS} made-up tracks in {}", made_up.display()));
            made_up
        }
    };
    let table = Input::File(data).table(&table::Options::default(), &console)?;
    if is_own {
        eprint!("{}", report::columns::text(&table.schema));
    }
    report::warn_of_table(&table, &console);
    Ok(training::train(table, &Options::default(), &console)?)
}

/// A request that works as it is printed.
fn example(trained: &Trained, port: u16) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("song", &trained.example.song);
    if let Some(artist) = &trained.example.artist {
        query.append_pair("artist", artist);
    }
    let query = query.append_pair("limit", "3").finish();
    format!("http://localhost:{port}/v1/recommendations?{query}")
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, time::Duration};

    use clap::CommandFactory;
    use environment::settings::Error;
    use recommend::http::cors::Cors;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Error> {
        let lookup = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        Settings::read(&with_defaults(Environment::new(lookup), DEFAULT_PORT))
    }

    #[test]
    fn settings_are_the_functions_with_defaults_of_the_demo() {
        for nothing in [&[][..], &[("CORS_ORIGINS", ""), ("REFRESH_SECONDS", " "), ("API_TOKENS", "")]] {
            let settings = read(nothing).expect("reads");
            assert_eq!((settings.access.cors, settings.access.tokens, settings.spotify), (Cors::Any, None, true));
            assert_eq!((settings.refresh, settings.deadline), (Some(Duration::from_secs(5)), Duration::from_secs(8)));
        }
        let hash = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
        let variables = [
            ("CORS_ORIGINS", "http://localhost:3000"),
            ("API_TOKENS", hash),
            ("REFRESH_SECONDS", "0"),
            ("DEADLINE_MS", "250"),
            ("SPOTIFY_COMPAT", "false"),
            ("MODEL_URI", "s3://another/place"),
        ];
        let settings = read(&variables).expect("reads");
        assert_eq!(settings.access.cors, "http://localhost:3000".parse().expect("an origin"));
        assert!(settings.access.tokens.expect("tokens").accept(b"secret"));
        assert_eq!((settings.refresh, settings.deadline, settings.spotify), (None, Duration::from_millis(250), false));
        assert_eq!(settings.model.to_string(), MODEL_URI, "the demo publishes there");
    }

    #[test]
    fn demos_of_two_ports_publish_to_two_places() {
        let model = |port| {
            let nothing = Environment::new(|_: &str| None);
            Settings::read(&with_defaults(nothing, port)).expect("reads").model.to_string()
        };
        assert_eq!([model(9000), model(0), model(9001)], [MODEL_URI, MODEL_URI, "s3://segue/demo-9001"]);
    }

    #[test]
    fn help_lists_every_setting_that_is_read() {
        let read = RefCell::new(Vec::new());
        let process = Environment::new(|name: &str| {
            read.borrow_mut().push(name.to_owned());
            None
        });
        Settings::read(&with_defaults(process, DEFAULT_PORT)).expect("reads");
        let help = Demo::command().render_help().to_string();
        let read = read.into_inner();
        assert!(read.len() > 3, "{read:?}");
        for name in read.iter().filter(|name| *name != "AWS_LAMBDA_FUNCTION_MEMORY_SIZE") {
            assert!(help.contains(&format!("\n  {name} ")), "{name}: {help}");
        }
        for (name, value) in DEFAULTS {
            let line = help.lines().find(|line| line.trim_start().starts_with(name)).expect("a line");
            assert!(line.ends_with(&format!("[default: {value}]")), "{line}");
        }
    }
}
