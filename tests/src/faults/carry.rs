//! One connection: each request to the server, and its answer back, with the fault that it meets.

use std::{io, sync::atomic::Ordering, time::Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::{
    Wire,
    exchange::Exchange,
    fault::{Fault, Other, Throttle},
    lock,
    message::Message,
};

/// Bytes that are sent at a time where they are throttled: 0.7 ms at 90 MB a second, and a timer wakes once a
/// millisecond.
const SLICE_BYTES: usize = 64 << 10;

/// Carries one request and its answer after the other, until either side leaves or a fault ends the connection.
pub(super) async fn carry(client: TcpStream, number: usize, wire: &Wire) -> io::Result<()> {
    // Without it the other side waits some 40 ms to acknowledge the first of two small writes.
    client.set_nodelay(true)?;
    let mut client = BufReader::new(client);
    let mut server = None;
    loop {
        let mut request = Message::request(&mut client).await?;
        let (exchange, fault) = wire.meet(number, &request);
        match &fault {
            Some(Fault::Reset) => return client.get_ref().set_zero_linger(),
            Some(Fault::Status(status)) => return client.write_all(error(*status).as_bytes()).await,
            Some(Fault::Answer { bytes, hang_up }) => {
                client.write_all(bytes).await?;
                return if *hang_up { Ok(()) } else { hold(client).await };
            }
            Some(Fault::Delay(delay)) => {
                tokio::time::sleep(*delay).await;
                wire.delayed.fetch_add(1, Ordering::SeqCst);
            }
            Some(Fault::Hold) => {
                wire.held.notify_one();
                // It is never given out, but closed.
                let _ = wire.gate.acquire().await;
            }
            Some(Fault::WrongSignature) => request.head = request.head.replace("Signature=", "Signature=0"),
            _ => {}
        }
        let keep = matches!(fault, Some(Fault::Throttle(_)));
        let mut answer = wire.ask(&mut server, &exchange, &request, keep).await?;
        match fault {
            Some(Fault::Cut(extent)) => {
                if let Some(bytes) = extent.of(&answer) {
                    return client.write_all(&answer.bytes()[..bytes]).await;
                }
            }
            Some(Fault::Stall(extent)) => {
                if let Some(bytes) = extent.of(&answer) {
                    client.write_all(&answer.bytes()[..bytes]).await?;
                    return hold(client).await;
                }
            }
            Some(Fault::Throttle(throttle)) => {
                throttled(&mut client, &answer, throttle, &exchange, wire).await?;
                continue;
            }
            Some(fault) => damage(&mut answer, &fault, &exchange),
            None => {}
        }
        client.write_all(&answer.bytes()).await?;
        wire.sent(&exchange, answer.body.len());
    }
}

impl Wire {
    /// Notes a request, and gives it the fault that it meets.
    fn meet(&self, connection: usize, request: &Message) -> (Exchange, Option<Fault>) {
        let mut exchanges = lock(&self.exchanges);
        let exchange = Exchange::new(exchanges.len(), connection, request);
        exchanges.push(exchange.clone());
        let fault = lock(&self.plan)(&exchange);
        if fault.is_some() {
            self.met.fetch_add(1, Ordering::SeqCst);
        }
        (exchange, fault)
    }

    /// Notes that this many bytes of an answer's body are sent.
    fn sent(&self, exchange: &Exchange, bytes: usize) {
        if let Some(exchange) = lock(&self.exchanges).get_mut(exchange.number) {
            (exchange.latest, exchange.bytes) = (Instant::now(), bytes as u64);
        }
    }

    /// The server's answer. Where it is to be kept, it may be one that was: of the object that has the ETag, if the request names one,
    /// and otherwise where the server says that it still is the same.
    async fn ask(
        &self,
        server: &mut Option<BufReader<TcpStream>>,
        exchange: &Exchange,
        request: &Message,
        keep: bool,
    ) -> io::Result<Message> {
        let keep = keep && exchange.method == "GET" && request.header("if-none-match").is_none();
        let asked = (exchange.path.clone(), request.header("range").map(str::to_owned), exchange.if_match.clone());
        let kept = if keep { lock(&self.kept).get(&asked).cloned() } else { None };
        let mut request = request.clone();
        match (&kept, kept.as_ref().and_then(|kept| kept.header("etag"))) {
            (Some(kept), _) if exchange.if_match.is_some() => return Ok(kept.clone()),
            (Some(_), Some(etag)) => {
                let condition = format!("\r\nif-none-match: {etag}\r\n");
                request.head = request.head.replacen("\r\n", &condition, 1);
            }
            _ => {}
        }
        let server = match server {
            Some(server) => server,
            None => {
                let stream = TcpStream::connect(self.server).await?;
                stream.set_nodelay(true)?;
                server.insert(BufReader::new(stream))
            }
        };
        server.write_all(&request.bytes()).await?;
        let answer = Message::answer(server, &request).await?;
        match kept {
            Some(kept) if answer.head.starts_with("HTTP/1.1 304") => return Ok(kept),
            _ if keep && answer.head.starts_with("HTTP/1.1 2") => _ = lock(&self.kept).insert(asked, answer.clone()),
            _ => {}
        }
        Ok(answer)
    }
}

/// Sends an answer in its time.
async fn throttled(
    client: &mut BufReader<TcpStream>,
    answer: &Message,
    throttle: Throttle,
    exchange: &Exchange,
    wire: &Wire,
) -> io::Result<()> {
    tokio::time::sleep_until((exchange.asked + throttle.first_byte_delay).into()).await;
    let begun = Instant::now();
    client.write_all(answer.head.as_bytes()).await?;
    let mut bytes = 0;
    for slice in answer.body.chunks(SLICE_BYTES) {
        bytes += slice.len();
        tokio::time::sleep_until((begun + throttle.duration(bytes as u64)).into()).await;
        client.write_all(slice).await?;
        wire.sent(exchange, bytes);
    }
    Ok(())
}

/// Makes another body of an answer's, of the same length.
fn damage(answer: &mut Message, fault: &Fault, exchange: &Exchange) {
    let middle = answer.body.len() / 2;
    match fault {
        Fault::FlippedBit => {
            if let Some(byte) = answer.body.get_mut(middle) {
                *byte ^= 1;
            }
        }
        Fault::FlippedLastBit => {
            if let Some(byte) = answer.body.last_mut() {
                *byte ^= 1;
            }
        }
        Fault::OtherBytes(Other(other)) => {
            let first = exchange.range.as_ref().map_or(0, |range| range.start as usize);
            let other = other.iter().copied().skip(first).chain(std::iter::repeat(0));
            answer.body.iter_mut().zip(other).for_each(|(byte, other)| *byte = other);
        }
        _ => {}
    }
}

/// Waits until the client gives up.
async fn hold(mut client: BufReader<TcpStream>) -> io::Result<()> {
    while client.read(&mut [0; 1_024]).await? > 0 {}
    Ok(())
}

/// An error as S3 answers it.
fn error(status: u16) -> String {
    let code = if status == 503 { "SlowDown" } else { "InternalError" };
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>later</Message></Error>");
    let length = body.len();
    format!("HTTP/1.1 {status} {code}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}
