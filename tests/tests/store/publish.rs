//! What is published is stored and current, whoever else publishes.

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use store::{Error, Latest, Published, Store, Upload, Version};
use tests::{TestStore, faults::Exchange};
use tokio::task::JoinSet;

use super::{Cut, current, history, holding, overtake, set_modified, trying_once, upload};

#[tokio::test]
async fn what_is_published_is_fetched() {
    let test = TestStore::start().await;
    let artifact: Bytes = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    let published = test.store.publish(upload(artifact.clone())).await.unwrap();
    assert_eq!(published.version, Version::of(&artifact));
    assert_eq!((published.already_there, published.previous), (false, None));

    let latest = current(&test.store).await;
    assert_eq!(latest.version, published.version);
    assert_eq!(latest.key, format!("segue/models/{}/model.segue", published.version));
    assert_eq!(latest.size, artifact.len() as u64);
    assert_eq!((latest.tracks, latest.k, latest.accuracy), (39_280, 6, 0.905));
    assert_eq!(latest.features, ["danceability", "energy"]);
    assert_eq!(latest.previous, None);
    assert!(test.store.fetch(&latest).await.unwrap() == artifact);

    let report = format!("segue/models/{}/report/elbow.svg", published.version);
    let report = test.s3.client().get_object().bucket("music").key(report).send().await.unwrap();
    assert_eq!(report.content_type(), Some("image/svg+xml"));
    assert_eq!(report.body.collect().await.unwrap().to_vec(), b"<svg/>");
}

#[tokio::test]
async fn a_store_may_be_a_whole_bucket() {
    let test = TestStore::start().await;
    let store = Store::with_client(test.s3.client(), "s3://music".parse().unwrap());
    let published = store.publish(upload("model")).await.unwrap();
    let latest = current(&store).await;
    assert_eq!(latest.key, format!("models/{}/model.segue", published.version));
    assert_eq!(store.fetch(&latest).await.unwrap(), "model");
    assert_eq!(store.list().await.unwrap().len(), 1);
    assert!(matches!(test.store.latest(None).await, Err(Error::NoModel { .. })), "another prefix is another store");
}

#[tokio::test]
async fn publishing_the_same_bytes_again_changes_nothing_but_the_date_in_the_pointer() {
    let test = TestStore::start().await;
    test.store.publish(upload("first")).await.unwrap();
    let published = test.store.publish(upload("second")).await.unwrap();
    let latest = current(&test.store).await;
    let models = test.store.list().await.unwrap();

    let mut again = upload("second");
    again.report[0].bytes = Bytes::from_static(b"<svg>took longer</svg>");
    let again = test.store.publish(again).await.unwrap();
    assert_eq!(again, Published { already_there: true, ..published });
    let now = current(&test.store).await;
    assert!(now.published_at > latest.published_at, "nobody would know that the model is as new as can be");
    assert_eq!(now, Latest { published_at: now.published_at, ..latest });
    assert_eq!(test.store.list().await.unwrap(), models, "each has the date of its first publication");
}

#[tokio::test]
async fn an_older_model_that_is_published_again_is_new_and_one_that_is_rolled_back_to_is_not() {
    let test = TestStore::start().await;
    let version = test.store.publish(upload("first")).await.unwrap().version;
    let first = current(&test.store).await.published_at;
    test.store.publish(upload("second")).await.unwrap();
    let second = current(&test.store).await.published_at;

    test.store.publish(upload("first")).await.unwrap();
    assert!(current(&test.store).await.published_at > second);
    test.store.publish(upload("second")).await.unwrap();
    assert_eq!(test.store.rollback(version).await.unwrap().published_at, first);
}

#[tokio::test]
async fn a_model_that_was_current_once_becomes_it_again_by_publishing() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap();
    let second = test.store.publish(upload("second")).await.unwrap();
    let third = test.store.publish(upload("first")).await.unwrap();
    assert_eq!(third, Published { already_there: true, previous: Some(second.version), ..first });
    assert_eq!(current(&test.store).await.version, first.version);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_publishers_at_once_those_told_so_won_and_the_others_are_stored() {
    let test = TestStore::start().await;
    let start = test.store.publish(upload("start")).await.unwrap().version;

    let mut publishers = JoinSet::new();
    for number in 0..16 {
        let store = test.store.clone();
        publishers.spawn(async move {
            let artifact = format!("model {number} ").repeat(10_000);
            (Version::of(artifact.as_bytes()), store.publish(upload(artifact)).await)
        });
    }
    let mut winners = Vec::new();
    let mut losers = Vec::new();
    for (version, result) in publishers.join_all().await {
        match result {
            Ok(published) => {
                assert_eq!(published.version, version);
                winners.push(published);
            }
            Err(Error::PointerMoved { version: stored, now, .. }) => {
                assert_eq!(stored, version);
                losers.push((version, now.unwrap()));
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    let history = history(&winners, Some(start));
    assert_eq!(history.len(), winners.len());
    let latest = current(&test.store).await;
    assert_eq!(Some(&latest.version), history.last());
    assert!(losers.iter().all(|(version, now)| history.contains(now) && !history.contains(version)));

    let stored: HashSet<Version> = test.store.list().await.unwrap().iter().map(|model| model.version).collect();
    assert_eq!(stored.len(), 17);
    assert!(losers.iter().all(|(version, _)| stored.contains(version)));
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_that_try_again_all_get_their_turn_and_none_undoes_another() {
    let test = TestStore::start().await;
    let mut publishers = JoinSet::new();
    for number in 0..8 {
        let store = test.store.clone();
        publishers.spawn(async move {
            loop {
                match store.publish(upload(format!("model {number}"))).await {
                    Err(Error::PointerMoved { .. }) => {}
                    result => return result.unwrap(),
                }
            }
        });
    }
    let winners = publishers.join_all().await;
    let history = history(&winners, None);
    assert_eq!(history.len(), 8);
    assert_eq!(Some(&current(&test.store).await.version), history.last());
}

#[tokio::test]
async fn an_interrupted_publish_leaves_the_current_model_current_and_can_be_done_again() {
    let test = TestStore::start().await;
    let first = test.store.publish(upload("first")).await.unwrap();
    // What is there once the report and half the rest are up.
    let version = Version::of(b"second");
    test.put(&format!("segue/models/{version}/report/elbow.svg"), "<svg/>").await;
    assert_eq!(current(&test.store).await.version, first.version);
    assert_eq!(test.store.list().await.unwrap().len(), 1, "half a model is none");
    assert!(matches!(test.store.rollback(version).await, Err(Error::UnknownVersion { .. })));

    let second = test.store.publish(upload("second")).await.unwrap();
    assert!(!second.already_there);
    assert_eq!(test.store.fetch(&current(&test.store).await).await.unwrap(), "second");
}

#[tokio::test]
async fn an_artifact_of_another_size_in_its_place_is_corrupt_and_not_pointed_at() {
    let test = TestStore::start().await;
    test.put(&format!("segue/models/{}/model.segue", Version::of(b"model")), "mod").await;
    let error = test.store.publish(upload("model")).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    assert!(matches!(test.store.latest(None).await, Err(Error::NoModel { .. })));
}

#[tokio::test]
async fn models_are_listed_newest_first_over_many_pages() {
    let test = TestStore::start().await;
    let mut versions = Vec::new();
    for (artifact, minutes_ago) in [("first", 3), ("second one", 2), ("the third", 1)] {
        let version = test.store.publish(upload(artifact)).await.unwrap().version;
        let time = SystemTime::now() - Duration::from_secs(60 * minutes_ago);
        set_modified(&test, &format!("models/{version}"), time);
        versions.push(version);
    }
    test.store.rollback(versions[1]).await.unwrap();
    let report = test.s3.root().join(format!("music/segue/models/{}/report", versions[0]));
    for number in 0..2100 {
        std::fs::write(report.join(format!("{number}.txt")), "").unwrap();
    }

    let models = test.store.list().await.unwrap();
    let listed: Vec<_> = models.iter().map(|model| (model.version, model.size, model.current)).collect();
    assert_eq!(listed, [(versions[2], 9, false), (versions[1], 10, true), (versions[0], 5, false)]);
}

#[tokio::test]
async fn an_empty_store_lists_no_models() {
    let test = TestStore::start().await;
    assert_eq!(test.store.list().await.unwrap(), []);
}

#[tokio::test]
async fn a_publish_cut_at_any_request_leaves_the_current_model_current_and_can_be_done_again() {
    let exchanges = {
        let test = TestStore::start().await;
        test.store.publish(upload("old")).await.unwrap();
        let wire = Cut::Before(usize::MAX).wire(&test).await;
        trying_once(&wire, &test).publish(upload("new")).await.unwrap();
        wire.exchanges()
    };
    // Pointer, report, summary, artifact, pointer, prefetch, pointer.
    let is_pointer_write = |sent: &Exchange| sent.method == "PUT" && sent.path.ends_with("latest.json");
    let pointer_write = exchanges.iter().position(is_pointer_write).unwrap();
    assert!((4..exchanges.len() - 1).contains(&pointer_write), "only {} requests", exchanges.len());
    for at in 0..exchanges.len() {
        for cut in [Cut::Before(at), Cut::After(at)] {
            let test = TestStore::start().await;
            let old = test.store.publish(upload("old")).await.unwrap().version;
            let wire = cut.wire(&test).await;
            let published = trying_once(&wire, &test).publish(upload("new")).await;
            let new = Version::of(b"new");
            // What comes behind the pointer only makes starts quicker.
            assert_eq!(published.is_ok(), at > pointer_write, "{cut:?}");
            let now = current(&test.store).await;
            let stored = test.store.list().await.unwrap().iter().any(|model| model.version == new);
            match now.version {
                version if version == old => {}
                // Only the answer to the last write was lost.
                version => {
                    let is_written = at > pointer_write || matches!(cut, Cut::After(_));
                    assert!(version == new && stored && is_written, "{cut:?}: {version}");
                }
            }
            test.store.fetch(&now).await.unwrap();
            for model in test.store.list().await.unwrap() {
                assert!(model.tracks.is_some(), "{cut:?}: half a model is listed");
            }
            test.store.rollback(old).await.unwrap();

            test.store.publish(upload("new")).await.unwrap();
            assert_eq!(test.store.fetch(&current(&test.store).await).await.unwrap(), "new", "{cut:?}");
            let report = format!("segue/models/{new}/report/elbow.svg");
            test.s3.client().get_object().bucket("music").key(report).send().await.unwrap();
        }
    }
}

#[tokio::test]
async fn of_two_publishers_both_models_stay_and_the_loser_is_told_how_to_win() {
    let (mut overtaken, mut in_order, mut done) = (0, 0, 0);
    // One publishes as a whole before each request of the other.
    for at in 0.. {
        let test = TestStore::start().await;
        let wire = holding(&test, at).await;
        let slow = trying_once(&wire, &test);
        let (two, one) = overtake(&wire, slow.publish(upload("two")), test.store.publish(upload("one"))).await;
        let Some(one) = one else { break };
        let won = one.unwrap();
        assert_eq!(test.store.list().await.unwrap().len(), 2);
        let lost = match two {
            // Its model was current, and only the prefetch was to be written.
            Ok(two) if won.previous == Some(two.version) => {
                assert_eq!(current(&test.store).await.version, won.version);
                done += 1;
                continue;
            }
            // It had not looked yet, and says what it replaced.
            Ok(two) => {
                assert_eq!((won.previous, two.previous), (None, Some(won.version)), "before request {at}");
                in_order += 1;
                continue;
            }
            Err(lost) => lost,
        };
        let Error::PointerMoved { version, now, .. } = &lost else { panic!("before request {at}: {lost:?}") };
        assert_eq!(*now, Some(won.version));
        assert!(lost.to_string().contains(&format!("trainer rollback {version}")), "{lost}");
        assert_eq!(current(&test.store).await.version, won.version);
        test.store.rollback(*version).await.unwrap();
        assert_eq!(current(&test.store).await.previous, Some(won.version));
        overtaken += 1;
    }
    // Report, summary, artifact and pointer are written after the look.
    assert!(in_order == 1 && overtaken >= 4 && done > 0, "{in_order} in order, {overtaken} overtaken, {done} done");
}

#[tokio::test]
async fn models_are_listed_with_what_a_person_chooses_by() {
    let test = TestStore::start().await;
    let version = test.store.publish(Upload { tracks: 7, accuracy: 0.5, ..upload("one") }).await.unwrap().version;
    let [model] = &test.store.list().await.unwrap()[..] else { panic!() };
    assert_eq!((model.version, model.size, model.current, model.removing), (version, 3, true, false));
    assert_eq!((model.tracks, model.accuracy), (Some(7), Some(0.5)));
    test.put(&format!("segue/models/{version}/summary.json"), "not json").await;
    let [model] = &test.store.list().await.unwrap()[..] else { panic!() };
    assert_eq!((model.tracks, model.accuracy), (None, None));
}
