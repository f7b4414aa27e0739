//! Fetching a whole artifact, and what may be wrong with it.

use store::{Error, Latest};
use tests::TestStore;

use super::{current, upload};

#[tokio::test]
async fn an_object_that_is_not_what_the_pointer_says_is_corrupt() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;

    for other in ["mode", "models", ""] {
        test.put(&latest.key, other).await;
        for latest in [&latest, &Latest { etag: None, ..latest.clone() }] {
            let error = test.store.fetch(latest).await.unwrap_err();
            assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
        }
    }

    test.s3.client().delete_object().bucket("music").key(&latest.key).send().await.unwrap();
    assert!(matches!(test.store.fetch(&latest).await, Err(Error::UnknownVersion { .. })));
}

#[tokio::test]
async fn bytes_that_changed_in_storage_are_corrupt() {
    let test = TestStore::start().await;
    test.store.publish(upload("model")).await.unwrap();
    let latest = current(&test.store).await;
    std::fs::write(test.s3.root().join("music").join(&latest.key), "modem").unwrap();
    let error = test.store.fetch(&latest).await.unwrap_err();
    assert!(matches!(&error, Error::Corrupt { reason, .. } if reason.contains("its bytes are those of")), "{error:?}");
}
