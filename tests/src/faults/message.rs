//! Requests and answers of HTTP/1.1, read whole.

use std::io;

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    net::TcpStream,
};

/// A request or an answer.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Up to and with the empty line.
    pub(super) head: String,
    /// As it came: in chunks, where it came in chunks.
    pub(super) body: Vec<u8>,
}

impl Message {
    /// Reads a request.
    pub(super) async fn request(from: &mut BufReader<TcpStream>) -> io::Result<Self> {
        Self::with_body(head(from).await?, from).await
    }

    /// Reads the answer to a request.
    pub(super) async fn answer(from: &mut BufReader<TcpStream>, request: &Self) -> io::Result<Self> {
        loop {
            let head = head(from).await?;
            let status = head.split(' ').nth(1).unwrap_or_default();
            match status {
                // The answer proper is still to come.
                interim if interim.starts_with('1') => {}
                // RFC 9112, section 6.3: whatever their heads say.
                _ if request.head.starts_with("HEAD ") => return Ok(Self { head, body: Vec::new() }),
                "204" | "304" => return Ok(Self { head, body: Vec::new() }),
                _ => return Self::with_body(head, from).await,
            }
        }
    }

    async fn with_body(head: String, from: &mut BufReader<TcpStream>) -> io::Result<Self> {
        let mut message = Self { head, body: Vec::new() };
        if let Some(length) = message.header("content-length") {
            message.body = vec![0; length.parse().map_err(io::Error::other)?];
            from.read_exact(&mut message.body).await?;
        } else if message.header("transfer-encoding") == Some("chunked") {
            chunks(from, &mut message.body).await?;
        }
        Ok(message)
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// All of it.
    pub(super) fn bytes(&self) -> Vec<u8> {
        [self.head.as_bytes(), &self.body].concat()
    }
}

async fn head(from: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        line(from, &mut head).await?;
    }
    String::from_utf8(head).map_err(io::Error::other)
}

/// Reads chunks with their sizes, up to and with the empty line behind the last (RFC 9112, section 7.1).
async fn chunks(from: &mut BufReader<TcpStream>, to: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let start = to.len();
        line(from, to).await?;
        let size = String::from_utf8_lossy(&to[start..]);
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(io::Error::other)?;
        if size == 0 {
            break;
        }
        let with_end = size + 2;
        if from.take(with_end).read_to_end(to).await? < with_end as usize {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    // Trailers, and the empty line.
    loop {
        let start = to.len();
        line(from, to).await?;
        if &to[start..] == b"\r\n" {
            return Ok(());
        }
    }
}

async fn line(from: &mut BufReader<TcpStream>, to: &mut Vec<u8>) -> io::Result<()> {
    match from.read_until(b'\n', to).await? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}
