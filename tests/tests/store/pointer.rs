//! The pointer: asked for again, moved back, mended.

use bytes::Bytes;
use store::{Error, Latest, LatestState, MAX_LATEST_BYTES, Store, Upload, Version};
use tests::{
    TestStore,
    faults::{Fault, FaultTarget, Proxy},
};

use super::{current, upload};

#[tokio::test]
async fn an_unchanged_pointer_is_not_sent_again() {
    let test = TestStore::start().await;
    test.store.publish(upload("first")).await.unwrap();
    let LatestState::Found { etag, .. } = test.store.latest(None).await.unwrap() else { panic!() };
    assert_eq!(test.store.latest(etag.as_deref()).await.unwrap(), LatestState::NotModified);

    let second = test.store.publish(upload("second")).await.unwrap();
    let LatestState::Found { latest, etag: now } = test.store.latest(etag.as_deref()).await.unwrap() else { panic!() };
    assert_eq!(latest.version, second.version);
    assert_ne!(now, etag);
}

#[tokio::test]
async fn a_rollback_restores_what_was_published() {
    let test = TestStore::start().await;
    let first = test.store.publish(Upload { tracks: 7, ..upload("first") }).await.unwrap();
    let before = current(&test.store).await;
    let second = test.store.publish(upload("second")).await.unwrap();

    let back = test.store.rollback(first.version).await.unwrap();
    assert_eq!(back, Latest { previous: Some(second.version), ..before });
    assert_eq!(current(&test.store).await, back);
    assert_eq!(test.store.fetch(&back).await.unwrap(), "first");

    assert_eq!(test.store.rollback(first.version).await.unwrap(), back, "it is there already");
    assert_eq!(test.store.rollback(second.version).await.unwrap().previous, Some(first.version));
}

#[tokio::test]
async fn a_rollback_to_what_is_not_there_or_not_whole_moves_nothing() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap().version;
    let second = test.store.publish(upload("second")).await.unwrap().version;

    let nowhere = Version::of(b"never published");
    let error = test.store.rollback(nowhere).await.unwrap_err();
    assert!(matches!(error, Error::UnknownVersion { version, .. } if version == nowhere), "{error:?}");

    test.put(&format!("segue/models/{first}/model.segue"), "firs").await;
    assert!(matches!(test.store.rollback(first).await, Err(Error::Corrupt { .. })));
    test.put(&format!("segue/models/{first}/summary.json"), "{}").await;
    assert!(matches!(test.store.rollback(first).await, Err(Error::Corrupt { .. })));
    assert_eq!(current(&test.store).await.version, second);
}

#[tokio::test]
async fn a_pointer_that_cannot_be_trusted_is_corrupt_and_mended_by_publishing_or_rolling_back() {
    let test = TestStore::start().await;
    let version = test.store.publish(upload("model")).await.unwrap().version;
    let good = current(&test.store).await;
    let json = |latest: Latest| Bytes::from(serde_json::to_vec(&latest).unwrap());
    let huge = good.features.iter().cycle().take(10_000).cloned().collect();
    let oversize = json(Latest { features: huge, ..good.clone() });
    assert!(oversize.len() > MAX_LATEST_BYTES);

    for bad in [
        Bytes::from_static(b"not json"),
        Bytes::new(),
        oversize,
        json(Latest { key: "segue/secrets.txt".into(), ..good.clone() }),
        json(Latest { key: format!("elsewhere/models/{version}/model.segue"), ..good.clone() }),
        json(Latest { size: u64::MAX, ..good.clone() }),
    ] {
        test.put("segue/latest.json", bad.clone()).await;
        let error = test.store.latest(None).await.unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
        assert!(!test.store.list().await.unwrap()[0].current);
        test.store.rollback(version).await.unwrap();
        assert_eq!(current(&test.store).await, good);
    }
    test.put("segue/latest.json", "not json").await;
    test.store.publish(upload("model")).await.unwrap();
    assert_eq!(current(&test.store).await.version, version);
}

#[tokio::test]
async fn the_pointer_names_the_object_whichever_way_it_came_about() {
    let test = TestStore::start().await;
    let version = test.store.publish(upload("first")).await.unwrap().version;
    let first = current(&test.store).await;
    let key = first.key.clone();
    let head = test.s3.client().head_object().bucket("music").key(key).send().await.unwrap();
    assert!(first.etag.is_some());
    assert_eq!(first.etag.as_deref(), head.e_tag());

    let second = test.store.publish(upload("second")).await.unwrap().version;
    let rolled_back = test.store.rollback(version).await.unwrap();
    assert_eq!((rolled_back.etag, rolled_back.previous), (first.etag.clone(), Some(second)));
    test.store.publish(upload("second")).await.unwrap();
    test.store.publish(upload("first")).await.unwrap();
    assert_eq!(current(&test.store).await.etag, first.etag);
}

/// As after copying a bucket in a way that makes other ETags, or from before they were written down.
#[tokio::test]
async fn a_pointer_with_another_etag_or_none_is_mended_by_publishing_or_rolling_back() {
    let test = TestStore::start().await;
    test.store.publish(upload("first")).await.unwrap();
    let version = test.store.publish(upload("second")).await.unwrap().version;
    let good = current(&test.store).await;
    for etag in [Some("\"of-another-copy\"".to_owned()), None] {
        let bad = serde_json::to_vec(&Latest { etag: etag.clone(), ..good.clone() }).unwrap();

        test.put("segue/latest.json", bad.clone()).await;
        if etag.is_some() {
            let error = test.store.fetch(&current(&test.store).await).await.unwrap_err();
            assert!(matches!(&error, Error::Corrupt { reason, .. } if reason.contains("ETag")), "{error:?}");
        }
        assert_eq!(test.store.rollback(version).await.unwrap(), good, "what was before stays what was before");
        assert_eq!(current(&test.store).await, good);

        test.put("segue/latest.json", bad).await;
        let published = test.store.publish(upload("second")).await.unwrap();
        assert_eq!((published.already_there, published.previous), (true, good.previous));
        let mended = current(&test.store).await;
        assert_eq!(mended, Latest { published_at: mended.published_at, ..good.clone() });
        assert_eq!(test.store.fetch(&good).await.unwrap(), "second");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pointer_of_another_checksum_is_corrupt_and_not_out_of_reach() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let proxy = Proxy::start(&test.s3.endpoint()).await;
    let store = Store::with_client(proxy.client(&test.s3), test.store.location().clone());
    // On its way once, it is asked for again.
    proxy.set(Fault::FlippedBit, FaultTarget::Pointer, 1);
    assert!(matches!(store.latest(None).await, Ok(LatestState::Found { .. })));
    proxy.set(Fault::FlippedBit, FaultTarget::Pointer, usize::MAX);
    let error = store.latest(None).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }) && !error.is_retryable(), "{error:?}");
    let said = error.to_string();
    assert!(
        said.contains("latest.json is corrupt") && said.contains("checksum") && !said.contains("network"),
        "{said}"
    );
}
