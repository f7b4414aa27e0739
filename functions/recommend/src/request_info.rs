//! What is known of a request beside its answer: handlers and problems record it, the layers around them read it.
//!
//! It belongs to the task that answers the request, and outlives what the layers catch: a handler that panics, or that
//! gives up waiting, has recorded what it knew.

use std::cell::RefCell;

use recommender::{Version, recommend::Answer};

tokio::task_local! {
    static INFO: RefCell<RequestInfo>;
}

/// What is known of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestInfo {
    /// The model that it was answered from.
    pub(crate) version: Option<Version>,
    /// When that was published, in seconds since 1970.
    pub(crate) published: Option<i64>,
    /// The same model, where the answer depends on nothing else but the request.
    pub(crate) decided_by: Option<Version>,
    /// How its neighbours were searched.
    pub(crate) search: Option<&'static str>,
    /// Tracks in the clusters that were searched for its first seed.
    pub(crate) initial_pool_size: Option<u32>,
    /// Songs among them that it could have been answered with.
    pub(crate) after_filtering_size: Option<u32>,
    /// How many tracks the answer holds, and how many were asked for, where it recommends any.
    pub(crate) tracks: Option<(usize, usize)>,
    /// The code of the problem that it was answered with: its type without `urn:segue:problem:`.
    pub(crate) problem: Option<String>,
}

/// Runs what answers a request, and returns what was recorded of it.
pub(crate) async fn collect<T>(answering: impl Future<Output = T>) -> (T, RequestInfo) {
    INFO.scope(RefCell::default(), async {
        let answer = answering.await;
        let info = INFO.try_with(RefCell::take).unwrap_or_default();
        (answer, info)
    })
    .await
}

/// Records something of the request that this task answers, if it answers one.
pub(crate) fn record(write: impl FnOnce(&mut RequestInfo)) {
    // Outside a request there is nobody to tell.
    let _ = INFO.try_with(|info| write(&mut info.borrow_mut()));
}

/// Records how an answer was found.
pub(crate) fn record_search(answer: &Answer) {
    record(|info| {
        info.search = Some(answer.search.name());
        info.tracks = Some((answer.tracks.len(), answer.limit));
        if let Some(seed) = answer.seeds.first() {
            info.initial_pool_size = Some(seed.initial_pool_size);
            info.after_filtering_size = Some(seed.after_filtering_size);
        }
    });
}

/// The model that alone decides the answer to this task's request, where one does, and how it searched neighbours, where
/// it did.
pub(crate) fn decided_by() -> Option<(Version, Option<&'static str>)> {
    INFO.try_with(|info| {
        let info = info.borrow();
        info.decided_by.map(|version| (version, info.search))
    })
    .ok()
    .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_recorded_is_of_its_own_request() {
        record(|info| info.search = Some("lost"));
        let handler = |search| async move {
            record(|info| info.search = Some(search));
            tokio::task::yield_now().await;
        };
        let ((_, one), (_, other)) = tokio::join!(collect(handler("exact")), collect(handler("hnsw")));
        assert_eq!((one.search, other.search), (Some("exact"), Some("hnsw")));
        assert_eq!(collect(async {}).await.1.search, None);
    }
}
