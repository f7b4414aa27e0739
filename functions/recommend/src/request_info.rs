//! What only a request's handler knows, and its line in the log says.

use std::cell::RefCell;

use recommender::{Version, recommend::Answer};

tokio::task_local! {
    static INFO: RefCell<RequestInfo>;
}

/// What is known of a request once it is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestInfo {
    /// The model that it was answered from.
    pub(crate) version: Option<Version>,
    /// When that was published, in seconds since 1970.
    pub(crate) published: Option<i64>,
    /// How its neighbours were searched.
    pub(crate) search: Option<&'static str>,
    /// Tracks in the clusters that were searched for its first seed.
    pub(crate) initial_pool_size: Option<u32>,
    /// Songs among them that it could have been answered with.
    pub(crate) after_filtering_size: Option<u32>,
}

/// Runs a handler, and says what it noted.
pub(crate) async fn collect<T>(handler: impl Future<Output = T>) -> (T, RequestInfo) {
    INFO.scope(RefCell::default(), async {
        let done = handler.await;
        let info = INFO.try_with(RefCell::take).unwrap_or_default();
        (done, info)
    })
    .await
}

/// Notes something of the request that this task answers, if it answers one.
pub(crate) fn record(write: impl FnOnce(&mut RequestInfo)) {
    // Outside a request there is nobody to tell.
    let _ = INFO.try_with(|info| write(&mut info.borrow_mut()));
}

/// Notes how an answer was found.
pub(crate) fn record_search(answer: &Answer) {
    record(|info| {
        info.search = Some(answer.search.name());
        if let Some(seed) = answer.seeds.first() {
            info.initial_pool_size = Some(seed.initial_pool_size);
            info.after_filtering_size = Some(seed.after_filtering_size);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_handler_notes_is_of_its_own_request() {
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
