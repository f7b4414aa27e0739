//! Old models go, whole, and never the one that is current: whoever publishes or goes back meanwhile, and wherever it is
//! cut.

use std::time::{Duration, SystemTime};

use store::{Error, Prune, Pruned, Store, Version};
use tests::TestStore;
use tokio::task::JoinSet;

use super::{Cut, current, holding, overtake, set_modified, trying_once, upload};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// More than any of these needs.
const MAX_REQUESTS: usize = 100;

/// Those older than a day, but for this many.
fn keep(keep: usize) -> Prune {
    Prune { keep, young: false, dry_run: false }
}

/// Lets objects below a key be this old.
fn age(test: &TestStore, below: &str, days: u32) {
    set_modified(test, below, SystemTime::now() - DAY * days);
}

/// A store of models that are 1, 2, 3 ... days old and an hour more, the newest first, which is current.
async fn stored(models: u32) -> (TestStore, Vec<Version>) {
    let test = TestStore::start().await;
    let mut versions = Vec::new();
    for number in (1..=models).rev() {
        let version = test.store.publish(upload(format!("model {number}"))).await.unwrap().version;
        age(&test, &format!("models/{version}"), number);
        versions.insert(0, version);
    }
    (test, versions)
}

/// Every key below `models/`.
async fn keys(test: &TestStore) -> Vec<String> {
    let listed = test.s3.client().list_objects_v2().bucket("music").prefix("segue/models/").send().await.unwrap();
    listed.contents().iter().filter_map(|object| object.key()).map(str::to_owned).collect()
}

async fn listed(store: &Store) -> Vec<Version> {
    store.list().await.unwrap().into_iter().map(|model| model.version).collect()
}

#[tokio::test]
async fn the_newest_stay_and_of_the_others_nothing() {
    let (test, versions) = stored(4).await;
    let pruned = test.store.prune(&keep(2)).await.unwrap();
    assert_eq!(pruned, Pruned { models: versions[2..].to_vec(), ..Pruned::default() });
    assert_eq!(listed(&test.store).await, versions[..2]);
    let keys = keys(&test).await;
    assert_eq!(keys.len(), 6, "model, summary and report of two: {keys:?}");
    assert!(versions[2..].iter().all(|gone| !keys.iter().any(|key| key.contains(&gone.to_string()))));
    let gone = test.store.rollback(versions[3]).await.unwrap_err();
    assert!(matches!(gone, Error::UnknownVersion { .. }), "{gone:?}");
    test.store.rollback(versions[1]).await.unwrap();
    // What was pruned can be published again.
    test.store.publish(upload("model 4")).await.unwrap();
    assert_eq!(current(&test.store).await.version, versions[3]);
    test.store.rollback(versions[0]).await.unwrap();
    test.store.rollback(versions[3]).await.unwrap();
}

#[tokio::test]
async fn the_current_model_stays_however_old_it_is() {
    let (test, versions) = stored(4).await;
    test.store.rollback(versions[3]).await.unwrap();
    assert_eq!(test.store.prune(&Prune { young: true, ..keep(1) }).await.unwrap().models, versions[1..3]);
    assert_eq!(test.store.prune(&Prune { young: true, ..keep(0) }).await.unwrap().models, versions[..1]);
    assert_eq!(listed(&test.store).await, versions[3..]);
    assert_eq!(test.store.fetch(&current(&test.store).await).await.unwrap(), "model 4");
}

#[tokio::test]
async fn a_model_younger_than_a_day_stays_unless_forced() {
    let (test, versions) = stored(3).await;
    age(&test, &format!("models/{}", versions[1]), 0);
    let pruned = test.store.prune(&keep(0)).await.unwrap();
    assert_eq!((pruned.models, pruned.young), (vec![versions[2]], 1));
    let pruned = test.store.prune(&Prune { young: true, ..keep(0) }).await.unwrap();
    assert_eq!((pruned.models, pruned.young), (vec![versions[1]], 0));
}

#[tokio::test]
async fn a_dry_run_says_what_would_go_and_deletes_nothing() {
    let (test, versions) = stored(3).await;
    let (before, latest) = (keys(&test).await, test.store.latest(None).await.unwrap());
    let would = test.store.prune(&Prune { dry_run: true, ..keep(1) }).await.unwrap();
    assert_eq!(would.models, versions[1..]);
    assert_eq!(keys(&test).await, before);
    assert_eq!(test.store.latest(None).await.unwrap(), latest);
    assert_eq!(test.store.prune(&keep(1)).await.unwrap(), would);
}

#[tokio::test]
async fn what_an_interrupted_publish_left_goes_once_it_is_a_day_old() {
    let (test, _) = stored(1).await;
    let remains = Version::of(b"never whole");
    test.put(&format!("segue/models/{remains}/report/elbow.svg"), "<svg/>").await;
    assert_eq!(test.store.prune(&keep(9)).await.unwrap(), Pruned::default());
    age(&test, &format!("models/{remains}"), 2);
    assert_eq!(test.store.prune(&keep(9)).await.unwrap().remains, [remains]);
    assert_eq!(keys(&test).await.len(), 3);
}

#[tokio::test]
async fn what_is_of_no_model_stays() {
    let (test, _) = stored(1).await;
    test.put("segue/models/README.txt", "ours").await;
    test.put("segue/models/old/model.segue", "ours").await;
    age(&test, "models", 9);
    test.store.prune(&Prune { young: true, ..keep(0) }).await.unwrap();
    assert_eq!(keys(&test).await.len(), 5);
}

#[tokio::test]
async fn nothing_is_deleted_where_nobody_can_say_what_is_current() {
    let (test, _) = stored(2).await;
    let before = keys(&test).await;
    test.put("segue/latest.json", "not json").await;
    let error = test.store.prune(&Prune { young: true, ..keep(0) }).await.unwrap_err();
    assert!(matches!(error, Error::Corrupt { .. }), "{error:?}");
    test.s3.client().delete_object().bucket("music").key("segue/latest.json").send().await.unwrap();
    let error = test.store.prune(&Prune { young: true, ..keep(0) }).await.unwrap_err();
    assert!(matches!(error, Error::NoModel { .. }), "{error:?}");
    assert_eq!(keys(&test).await, before);
}

/// The current model answers, and what is listed and not being deleted is whole.
async fn holds(store: &Store) {
    store.fetch(&current(store).await).await.unwrap();
    let now = current(store).await.version;
    for model in store.list().await.unwrap() {
        let whole = store.rollback(model.version).await;
        match whole {
            Ok(latest) => drop(store.fetch(&latest).await.unwrap()),
            Err(error) => assert!(model.removing && matches!(error, Error::BeingRemoved { .. }), "{error:?}"),
        }
    }
    store.rollback(now).await.unwrap();
}

#[tokio::test]
async fn a_prune_cut_at_any_request_leaves_whole_models_and_the_next_one_ends_it() {
    let (uncut, versions) = stored(3).await;
    let mut cuts = 0;
    for at in 0..MAX_REQUESTS {
        let mut reached = false;
        for cut in [Cut::Before(at), Cut::After(at)] {
            let test = uncut.copy().await;
            let wire = cut.wire(&test).await;
            let interrupted = trying_once(&wire, &test).prune(&keep(1)).await;
            if interrupted.is_ok() {
                assert!(wire.exchanges().len() <= at, "{cut:?} had no effect");
                continue;
            }
            reached = true;
            cuts += 1;
            assert_eq!(current(&test.store).await.version, versions[0], "{cut:?}");
            holds(&test.store).await;

            test.store.prune(&keep(1)).await.unwrap();
            assert_eq!(listed(&test.store).await, versions[..1], "{cut:?}");
            // Of what had lost its artifact already, marks tell.
            let keys = keys(&test).await;
            assert_eq!(keys.len(), 3, "{cut:?}: {keys:?}");
            for number in [2, 3] {
                test.store.publish(upload(format!("model {number}"))).await.unwrap();
            }
            holds(&test.store).await;
        }
        if !reached {
            assert!(cuts > 20, "only {cuts} cuts");
            return;
        }
    }
    panic!("a prune takes more than {MAX_REQUESTS} requests");
}

#[tokio::test]
async fn a_model_that_is_marked_cannot_become_current_and_says_why() {
    let (test, versions) = stored(2).await;
    // The mark is written by the first request that is no read: cut after it.
    let mut marked = false;
    for at in 0..MAX_REQUESTS {
        let wire = Cut::After(at).wire(&test).await;
        trying_once(&wire, &test).prune(&keep(1)).await.unwrap_err();
        let list = test.store.list().await.unwrap();
        if list.iter().any(|model| model.removing) {
            marked = true;
            break;
        }
    }
    assert!(marked);
    let error = test.store.rollback(versions[1]).await.unwrap_err();
    assert!(matches!(error, Error::BeingRemoved { version, .. } if version == versions[1]), "{error:?}");
    let error = test.store.publish(upload("model 2")).await.unwrap_err();
    assert!(matches!(error, Error::BeingRemoved { .. }), "{error:?}");
    assert!(error.to_string().contains("trainer prune"), "{error}");
    // Others do not mind, and hand the mark on.
    test.store.publish(upload("another")).await.unwrap();
    assert!(test.store.list().await.unwrap().iter().any(|model| model.removing));
    test.store.prune(&keep(9)).await.unwrap();
    test.store.publish(upload("model 2")).await.unwrap();
    assert_eq!(current(&test.store).await.version, versions[1]);
}

#[tokio::test]
async fn a_rollback_beside_a_prune_never_leaves_a_pointer_to_what_is_deleted() {
    let (before, versions) = stored(3).await;
    let (mut refused, mut moved) = (0, 0);
    // Each of the two happens as a whole before each request of the other.
    for rollback_is_quick in [true, false] {
        for at in 0.. {
            assert!(at < MAX_REQUESTS);
            let test = before.copy().await;
            let wire = holding(&test, at).await;
            let slow = trying_once(&wire, &test);
            let (rollback, prune) = if rollback_is_quick {
                let (prune, rollback) = overtake(&wire, slow.prune(&keep(1)), test.store.rollback(versions[2])).await;
                (rollback, Some(prune))
            } else {
                let (rollback, prune) = overtake(&wire, slow.rollback(versions[2]), test.store.prune(&keep(1))).await;
                (Some(rollback), prune)
            };
            let (Some(rollback), Some(prune)) = (rollback, prune) else { break };
            let pruned = prune.unwrap();

            let latest = current(&test.store).await;
            test.store.fetch(&latest).await.unwrap_or_else(|error| panic!("before request {at}: {error}"));
            match rollback {
                Ok(_) => {
                    moved += 1;
                    assert_eq!(latest.version, versions[2]);
                    assert!(!pruned.models.contains(&versions[2]), "{pruned:?}");
                }
                Err(Error::UnknownVersion { .. } | Error::BeingRemoved { .. }) => {
                    refused += 1;
                    assert_eq!(latest.version, versions[0]);
                }
                Err(error) => panic!("before request {at}: {error:?}"),
            }
            holds(&test.store).await;
        }
    }
    assert!(moved > 1 && refused > 1, "{moved} went back first, {refused} were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishers_do_not_notice_a_prune_beside_them() {
    let (test, _) = stored(5).await;
    let mut publishers = JoinSet::new();
    let store = test.store.clone();
    publishers.spawn(async move {
        for number in 0..12 {
            // The same bytes as one that is being pruned, too.
            match store.publish(upload(format!("model {}", 3 + number % 3))).await {
                Ok(_) | Err(Error::BeingRemoved { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    });
    for _ in 0..4 {
        test.store.prune(&keep(1)).await.unwrap();
        test.store.fetch(&current(&test.store).await).await.unwrap();
    }
    publishers.join_all().await;
    test.store.fetch(&current(&test.store).await).await.unwrap();
    // Which ones are left depends on who came first; what is current is among them.
    holds(&test.store).await;
}
