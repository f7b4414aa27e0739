//! An S3 server in this process, on loopback, with its objects in a folder.
//!
//! s3s-fs does the storing. What S3 promises beyond it, and segue relies on, is added here:
//!
//! - conditional writes have one winner: writes take turns, and no read sees half of one,
//! - a write that has begun is finished, whether or not its client is still there,
//! - `GET` and `HEAD` heed `If-None-Match` (304) and `If-Match` (412),
//! - a bucket that does not exist is `NoSuchBucket`, and a write does not make it,
//! - IAM: a second pair of keys may read objects and nothing else. Without `s3:ListBucket`, an object that does not exist
//!   is `AccessDenied` to it.
//!
//! Known to differ from S3: an upload whose checksum is wrong is refused, but has replaced what was there; no
//! versioning; no tags. Uploads are held in memory, up to 1 GiB each.

mod access;
mod conditions;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_sdk_s3::config::{Credentials, Region};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::serve::ListenerExt;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tokio::net::TcpListener;
use tokio::sync::{RwLock, oneshot};
use tokio::task::JoinHandle;

use self::{
    access::{Access, READER_ACCESS_KEY, READER_SECRET_KEY},
    conditions::heed_conditions,
};

const ACCESS_KEY: &str = "segue";
const SECRET_KEY: &str = "segue-on-loopback";
const REGION: &str = "us-east-1";
const MAX_UPLOAD_BYTES: usize = 1 << 30;

/// An S3 server in this process. Dropping it lets requests under way finish, and takes no new ones.
#[derive(Debug)]
pub struct EmbeddedS3 {
    address: SocketAddr,
    root: PathBuf,
    turn: Arc<RwLock<()>>,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl EmbeddedS3 {
    /// Starts a server on a free loopback port. `root` is made where it does not exist; each folder in it is a bucket.
    ///
    /// # Errors
    /// Where the folder cannot be used.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn start(root: &Path) -> io::Result<Self> {
        Self::start_on(root, 0).await
    }

    /// Starts a server on this loopback port.
    ///
    /// # Errors
    /// Where the folder cannot be used or the port is taken.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn start_on(root: &Path, port: u16) -> io::Result<Self> {
        std::fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        let files = s3s_fs::FileSystem::new(&root).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        let mut auth = SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY);
        auth.register(READER_ACCESS_KEY.to_owned(), READER_SECRET_KEY.into());
        builder.set_auth(auth);
        builder.set_access(Access { root: root.clone() });
        let turn = Arc::new(RwLock::new(()));
        let server = Arc::new(Server { s3: builder.build(), turn: turn.clone() });

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        // Without it each call waits some 40 ms for a delayed acknowledgement.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let router = Router::new().fallback(answer).with_state(server);
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(async move {
            let stopped = async move { drop(stopped.await) };
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the embedded S3 ended");
            }
        });
        Ok(Self { address, root, turn, stop, server })
    }

    /// Makes a bucket, if it does not exist.
    ///
    /// # Errors
    /// Where S3 does not allow such a name, or the folder cannot be made.
    pub fn create_bucket(&self, name: &str) -> io::Result<()> {
        if !s3s::path::check_bucket_name(name) {
            let message = format!("{name:?} is not a name that S3 allows for a bucket");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        std::fs::create_dir_all(self.root.join(name))
    }

    /// The folder that holds the buckets.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The server's URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The access key that the server knows.
    pub fn access_key(&self) -> &str {
        ACCESS_KEY
    }

    /// The secret that belongs to it: no secret, the server is reached from this machine only.
    pub fn secret_key(&self) -> &str {
        SECRET_KEY
    }

    /// A client of this server.
    pub fn client(&self) -> aws_sdk_s3::Client {
        self.client_with_keys(ACCESS_KEY, SECRET_KEY)
    }

    /// A client of this server with keys of one's own, which the server may not know.
    pub fn client_with_keys(&self, access_key: &str, secret_key: &str) -> aws_sdk_s3::Client {
        let config = store::base_config()
            .region(Region::from_static(REGION))
            .endpoint_url(self.endpoint())
            .force_path_style(true)
            .credentials_provider(Credentials::new(access_key, secret_key, None, None, "embedded S3"))
            .build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// The environment that leads a child process to this server, whatever the settings of this one.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_S3", self.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
            // An empty one counts as none.
            ("AWS_SESSION_TOKEN", String::new()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// As [`EmbeddedS3::env`], with keys that may read objects and nothing else: not even know that one does not exist.
    pub fn reader_env(&self) -> Vec<(&'static str, String)> {
        let keys = |(name, value)| match name {
            "AWS_ACCESS_KEY_ID" => (name, READER_ACCESS_KEY.to_owned()),
            "AWS_SECRET_ACCESS_KEY" => (name, READER_SECRET_KEY.to_owned()),
            _ => (name, value),
        };
        self.env().into_iter().map(keys).collect()
    }

    /// Stops, and waits until the requests under way are done.
    pub async fn stop(self) {
        let Self { turn, stop, server, .. } = self;
        drop(stop);
        drop(server.await);
        // A write whose client has left is nobody's request.
        drop(turn.write().await);
    }
}

struct Server {
    s3: S3Service,
    /// Shared by reads, held alone by a write. s3s-fs compares ETags and then writes, with nothing in between.
    turn: Arc<RwLock<()>>,
}

async fn answer(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (method, headers) = (parts.method.clone(), parts.headers.clone());
    // The whole upload before its turn: a slow one is not waited for by the others.
    let Ok(body) = axum::body::to_bytes(body, MAX_UPLOAD_BYTES).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let request = Request::from_parts(parts, s3s::Body::from(body));

    let is_read = method == Method::GET || method == Method::HEAD;
    let answer = if is_read {
        let _shared = server.turn.read().await;
        server.s3.call(request).await.map_err(|error| format!("{error:?}"))
    } else {
        let alone = server.turn.clone().write_owned().await;
        let server = server.clone();
        // A task of its own: this one is dropped when its client leaves, and s3s-fs would have stored an object and not yet
        // its ETag.
        let write = tokio::spawn(async move {
            let answer = server.s3.call(request).await.map_err(|error| format!("{error:?}"));
            drop(alone);
            answer
        });
        write.await.unwrap_or_else(|error| Err(error.to_string()))
    };
    match answer {
        Ok(response) if is_read && response.status().is_success() => heed_conditions(&headers, response.map(Body::new)),
        Ok(response) => response.map(Body::new),
        Err(error) => {
            tracing::error!(error, "the embedded S3 failed");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::Client;
    use aws_sdk_s3::error::ProvideErrorMetadata;
    use aws_sdk_s3::primitives::ByteStream;

    use super::*;

    async fn started() -> (EmbeddedS3, Client, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let s3 = EmbeddedS3::start(folder.path()).await.unwrap();
        s3.create_bucket("music").unwrap();
        let client = s3.client();
        (s3, client, folder)
    }

    async fn put(client: &Client, bucket: &str, content: &'static str) -> Result<String, Option<String>> {
        let request =
            client.put_object().bucket(bucket).key("a/song").body(ByteStream::from_static(content.as_bytes()));
        let answer = request.send().await.map_err(|error| error.code().map(str::to_owned))?;
        Ok(answer.e_tag().unwrap().to_owned())
    }

    async fn read(client: &Client) -> Vec<u8> {
        let answer = client.get_object().bucket("music").key("a/song").send().await.unwrap();
        answer.body.collect().await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn what_is_put_is_got() {
        let (_s3, client, _folder) = started().await;
        put(&client, "music", "la la").await.unwrap();
        assert_eq!(read(&client).await, b"la la");
    }

    #[tokio::test]
    async fn get_heeds_if_none_match_and_if_match() {
        let (_s3, client, _folder) = started().await;
        let etag = put(&client, "music", "la la").await.unwrap();
        let get = || client.get_object().bucket("music").key("a/song");
        let status = |error: aws_sdk_s3::error::SdkError<_, aws_sdk_s3::config::http::HttpResponse>| {
            error.raw_response().unwrap().status().as_u16()
        };

        assert_eq!(get().if_none_match(&etag).send().await.map_err(status).unwrap_err(), 304);
        assert_eq!(get().if_none_match("*").send().await.map_err(status).unwrap_err(), 304);
        assert_eq!(get().if_match("\"other\"").send().await.map_err(status).unwrap_err(), 412);
        get().if_none_match("\"other\"").send().await.unwrap();
        get().if_match(&etag).send().await.unwrap();
    }

    #[tokio::test]
    async fn a_bucket_that_does_not_exist_is_said_and_not_made() {
        let (s3, client, _folder) = started().await;
        assert_eq!(put(&client, "nowhere", "la la").await, Err(Some("NoSuchBucket".to_owned())));
        let error = client.get_object().bucket("nowhere").key("a/song").send().await.unwrap_err();
        assert_eq!(error.code(), Some("NoSuchBucket"));
        assert!(!s3.root().join("nowhere").exists());

        client.create_bucket().bucket("nowhere").send().await.unwrap();
        put(&client, "nowhere", "la la").await.unwrap();
    }

    #[tokio::test]
    async fn buckets_have_names_that_s3_allows() {
        let (s3, _client, _folder) = started().await;
        for name in ["", "..", "a/b", "Music", "/tmp"] {
            assert_eq!(s3.create_bucket(name).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
        }
    }

    #[tokio::test]
    async fn wrong_keys_and_no_keys_are_denied() {
        let (s3, client, _folder) = started().await;
        put(&client, "music", "la la").await.unwrap();
        for access_key in ["segue", "nobody"] {
            let request = s3.client_with_keys(access_key, "wrong").put_object().bucket("music").key("a/song");
            let error = request.body(ByteStream::from_static(b"no")).send().await.unwrap_err();
            assert_eq!(error.raw_response().unwrap().status().as_u16(), 403, "{error:?}");
        }
        let anonymous = reqwest::get(format!("{}/music/a/song", s3.endpoint())).await.unwrap();
        assert_eq!(anonymous.status(), 403);
        assert_eq!(read(&client).await, b"la la");
    }

    #[tokio::test]
    async fn who_may_only_read_is_denied_what_does_not_exist_as_by_iam() {
        let (s3, client, _folder) = started().await;
        let reader = s3.client_with_keys(READER_ACCESS_KEY, READER_SECRET_KEY);
        let get = || reader.get_object().bucket("music").key("a/song");
        assert_eq!(get().send().await.unwrap_err().code(), Some("AccessDenied"));
        put(&client, "music", "la la").await.unwrap();
        assert_eq!(get().send().await.unwrap().body.collect().await.unwrap().to_vec(), b"la la");
        assert_eq!(put(&reader, "music", "no").await, Err(Some("AccessDenied".to_owned())));
        assert_eq!(reader.list_objects_v2().bucket("music").send().await.unwrap_err().code(), Some("AccessDenied"));
        assert_eq!(client.get_object().bucket("music").key("b").send().await.unwrap_err().code(), Some("NoSuchKey"));
    }

    #[tokio::test]
    async fn an_upload_with_a_wrong_checksum_is_refused() {
        let (_s3, client, _folder) = started().await;
        let request = client.put_object().bucket("music").key("a/song").checksum_crc32("AAAAAA==");
        let error = request.body(ByteStream::from_static(b"la la")).send().await.unwrap_err();
        assert_eq!(error.raw_response().unwrap().status().as_u16(), 400, "{error:?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_conditional_writes_one_wins() {
        let (_s3, client, _folder) = started().await;
        let writers: Vec<_> = (0..16)
            .map(|writer| {
                let request = client.put_object().bucket("music").key("a/song").if_none_match("*");
                let body = ByteStream::from(vec![writer; 100_000]);
                tokio::spawn(request.body(body).send())
            })
            .collect();
        let mut winners = Vec::new();
        for (writer, write) in (0..).zip(writers) {
            match write.await.unwrap() {
                Ok(_) => winners.push(writer),
                Err(error) => assert_eq!(error.code(), Some("PreconditionFailed")),
            }
        }
        assert_eq!(winners.len(), 1);
        assert_eq!(read(&client).await, vec![winners[0]; 100_000]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_write_whose_client_leaves_is_whole_or_not_there() {
        let (_s3, client, _folder) = started().await;
        put(&client, "music", "la la").await.unwrap();
        for patience in (0..3_000).step_by(100).map(std::time::Duration::from_micros) {
            let request = client.put_object().bucket("music").key("a/song");
            let write = request.body(ByteStream::from(vec![b'x'; 200_000])).send();
            let _ = tokio::time::timeout(patience, write).await;
            let song = client.get_object().bucket("music").key("a/song").send().await.unwrap();
            let etag = song.e_tag().unwrap().to_owned();
            let bytes = song.body.collect().await.unwrap().to_vec();
            assert!(bytes == b"la la" || bytes == [b'x'; 200_000], "{} bytes", bytes.len());
            let next = client.put_object().bucket("music").key("a/song").if_match(etag);
            if let Err(error) = next.body(ByteStream::from_static(b"la la")).send().await {
                // The abandoned write may have come in between.
                assert_eq!(error.code(), Some("PreconditionFailed"));
                let again = client.head_object().bucket("music").key("a/song").send().await.unwrap();
                let next = client.put_object().bucket("music").key("a/song").if_match(again.e_tag().unwrap());
                next.body(ByteStream::from_static(b"la la")).send().await.unwrap();
            }
        }
    }

    #[tokio::test]
    async fn a_stopped_server_gives_its_port_back_and_keeps_its_objects() {
        let (s3, client, folder) = started().await;
        put(&client, "music", "la la").await.unwrap();
        let port = s3.address.port();
        drop(client);
        s3.stop().await;

        let again = EmbeddedS3::start_on(folder.path(), port).await.unwrap();
        assert_eq!(read(&again.client()).await, b"la la");
        let taken = EmbeddedS3::start_on(folder.path(), port).await.unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
    }
}
