//! What only a request's handler knows, and its line in the log says.

use std::cell::RefCell;

use segue::{Version, recommend::Answer};

tokio::task_local! {
    static FACTS: RefCell<Facts>;
}

/// What is known of a request once it is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
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
pub(crate) async fn collect<T>(handler: impl Future<Output = T>) -> (T, Facts) {
    FACTS
        .scope(RefCell::default(), async {
            let done = handler.await;
            let facts = FACTS.try_with(RefCell::take).unwrap_or_default();
            (done, facts)
        })
        .await
}

/// Notes something of the request that this task answers, if it answers one.
pub(crate) fn note(fact: impl FnOnce(&mut Facts)) {
    // Outside a request there is nobody to tell.
    let _ = FACTS.try_with(|facts| fact(&mut facts.borrow_mut()));
}

/// Notes how an answer was found.
pub(crate) fn note_search(answer: &Answer) {
    note(|facts| {
        facts.search = Some(answer.search.name());
        if let Some(seed) = answer.seeds.first() {
            facts.initial_pool_size = Some(seed.initial_pool_size);
            facts.after_filtering_size = Some(seed.after_filtering_size);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_a_handler_notes_is_of_its_own_request() {
        note(|facts| facts.search = Some("lost"));
        let handler = |search| async move {
            note(|facts| facts.search = Some(search));
            tokio::task::yield_now().await;
        };
        let ((_, one), (_, other)) = tokio::join!(collect(handler("exact")), collect(handler("hnsw")));
        assert_eq!((one.search, other.search), (Some("exact"), Some("hnsw")));
        assert_eq!(collect(async {}).await.1.search, None);
    }
}
