//! Servers that refuse, are not there, or do not do what S3 does.

use std::ops::Range;

use store::{Error, Latest, Store, StoreOptions, Version};
use tests::{
    TestStore,
    faults::{Exchange, Fault, Proxy},
    wait::TIMEOUT,
};
use tokio::net::TcpListener;

use super::{current, impatient, store_at, upload};

#[tokio::test]
async fn what_is_missing_is_named() {
    let test = TestStore::start().await;
    let error = test.store.latest(None).await.unwrap_err();
    assert!(matches!(error, Error::NoModel { .. }), "{error:?}");
    assert!(error.to_string().contains("trainer publish FILE --to s3://music/segue"), "{error}");

    let nowhere = Store::with_client(test.s3.client(), "s3://nowhere/segue".parse().unwrap());
    for result in [
        nowhere.latest(None).await.map(drop),
        nowhere.publish(upload("model")).await.map(drop),
        nowhere.list().await.map(drop),
        nowhere.rollback(Version::of(b"model")).await.map(drop),
    ] {
        assert!(matches!(&result, Err(Error::NoBucket { bucket }) if bucket == "nowhere"), "{result:?}");
    }
}

#[tokio::test]
async fn wrong_keys_are_denied_and_not_shown() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    for (access, secret) in [("segue", "wrong-secret"), ("nobody", "wrong-secret")] {
        let store = Store::with_client(test.s3.client_with_keys(access, secret), test.store.location().clone());
        for result in [
            store.latest(None).await.map(drop),
            store.fetch(&latest).await.map(drop),
            store.publish(upload("model")).await.map(drop),
            store.list().await.map(drop),
        ] {
            let error = result.unwrap_err();
            assert!(matches!(error, Error::AccessDenied { .. }), "{error:?}");
            assert!(!error.is_retryable());
            assert!(!format!("{error} {error:?}").contains("wrong-secret"));
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_given_up() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mute = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for address in [gone, mute.local_addr().unwrap()] {
        let store = store_at(format!("http://{address}"), impatient());
        let error = tokio::time::timeout(TIMEOUT, store.latest(None)).await.expect("an end").unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        assert!(error.is_retryable());
        let error = tokio::time::timeout(TIMEOUT, store.publish(upload("model"))).await.expect("an end").unwrap_err();
        assert!(error.is_retryable());
    }
}

/// A server that answers each request with what this makes of it, then waits or hangs up.
async fn answering(test: &TestStore, answer: fn(&Exchange) -> &'static str, hang_up: bool) -> Proxy {
    let plan = move |exchange: &Exchange| Some(Fault::Answer { bytes: answer(exchange).into(), hang_up });
    Proxy::start_with(&test.s3.endpoint(), plan).await
}

/// As much as two of five bytes, whatever was asked for.
fn half_an_answer(exchange: &Exchange) -> &'static str {
    match exchange.range {
        Some(Range { start: 2, .. }) => {
            "HTTP/1.1 206 Partial Content\r\ncontent-range: bytes 2-4/5\r\ncontent-length: 3\r\n\r\n"
        }
        _ => "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmo",
    }
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    for hang_up in [true, false] {
        let server = answering(&test, half_an_answer, hang_up).await;
        let store = store_at(server.endpoint(), impatient());
        let error = tokio::time::timeout(TIMEOUT, store.fetch(&latest)).await.expect("an end").unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
        let error = tokio::time::timeout(TIMEOUT, store.latest(None)).await.expect("an end").unwrap_err();
        assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_function_that_the_server_lacks_is_named_and_the_network_is_not_blamed() {
    const LACKS: &str = "HTTP/1.1 501 Not Implemented\r\ncontent-type: application/xml\r\ncontent-length: 100\r\n\r\n\
        <Error><Code>NotImplemented</Code><Message>A header is not implemented by a server</Message></Error>";
    let test = TestStore::start().await;
    test.store.publish(upload("old")).await.unwrap();
    for (method, path, function) in [
        ("PUT", "model.segue", "conditional writes (PutObject with If-None-Match)"),
        ("PUT", "latest.json", "conditional writes (PutObject with If-Match)"),
        ("GET", "latest.json", "GetObject"),
        ("GET", "music/", "ListObjectsV2"),
    ] {
        let lacks = move |exchange: &Exchange| exchange.method == method && exchange.path.ends_with(path);
        let plan =
            move |exchange: &Exchange| lacks(exchange).then(|| Fault::Answer { bytes: LACKS.into(), hang_up: true });
        let proxy = Proxy::start_with(&test.s3.endpoint(), plan).await;
        let store = Store::with_client(proxy.client(&test.s3), test.store.location().clone());
        let result =
            if path == "music/" { store.list().await.map(drop) } else { store.publish(upload(method)).await.map(drop) };
        let error = result.unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, Error::NotImplemented { .. }) && !error.is_retryable(), "{error:?}");
        assert!(said.contains(function) && said.contains("AWS_REQUEST_CHECKSUM_CALCULATION"), "{said}");
        assert!(!said.contains("network") && !said.contains("try again"), "{said}");
    }
}

#[tokio::test]
async fn a_server_without_ranges_or_etags_is_said_to_be_none_for_downloads() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    let without_etag = Latest { etag: None, ..latest.clone() };

    let server = answering(&test, |_| "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nmodel", true).await;
    let store = store_at(server.endpoint(), StoreOptions { min_part_bytes: 1, ..impatient() });
    for (latest, reason) in [(&latest, "with the whole object"), (&without_etag, "with the whole object")] {
        let error = store.fetch(latest).await.unwrap_err();
        assert!(matches!(&error, Error::Unsupported { .. }) && error.to_string().contains(reason), "{error:?}");
        assert!(!error.is_retryable());
    }

    let store = store.with_options(impatient());
    assert_eq!(store.fetch(&latest).await.unwrap(), "model", "all of it is what was asked for");
    let error = store.fetch(&without_etag).await.unwrap_err();
    assert!(matches!(&error, Error::Unsupported { .. }) && error.to_string().contains("no ETag"), "{error:?}");
}
