//! Before the first event: the model is loaded while Lambda initialises the environment.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use crate::models::ModelManager;

/// Lambda ends an initialisation on demand after 10 s, and begins it again within the first invocation. The request that is
/// waiting meanwhile waits for a model on top of this.
const MAX_INIT_ON_DEMAND: Duration = Duration::from_secs(5);
/// An initialisation for provisioned concurrency may take 130 s.
const MAX_INIT_PROVISIONED: Duration = Duration::from_secs(120);

/// Why Lambda initialises the environment (`AWS_LAMBDA_INITIALIZATION_TYPE`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialization {
    /// A request is waiting.
    OnDemand,
    /// Requests are to find it ready.
    Provisioned,
}

impl Initialization {
    /// By the variable's value, which Lambda always sets.
    pub fn of(value: &str) -> Self {
        match value {
            "provisioned-concurrency" => Self::Provisioned,
            _ => Self::OnDemand,
        }
    }

    /// Waits for the model: on demand until it can answer, provisioned until all of it is there. Where it cannot be loaded, or
    /// takes too long, requests are answered all the same, with 503 as long as there is no model.
    pub async fn wait_for_model(self, models: &Arc<ModelManager>) {
        let waited = match self {
            Self::OnDemand => timeout(MAX_INIT_ON_DEMAND, models.first_attempt()).await,
            Self::Provisioned => timeout(MAX_INIT_PROVISIONED, all(models)).await,
        };
        if waited.is_err() {
            tracing::warn!("the model is still loading: the environment begins without it");
        }
    }
}

/// Waits for the model, its graphs, and what searches by text need.
async fn all(models: &Arc<ModelManager>) {
    models.idle().await;
    if models.loaded().is_some() {
        // The log says what goes wrong, and the first search tries again.
        let _ = models.get_with_text_search().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_is_on_demand_unless_it_is_provisioned() {
        assert_eq!(Initialization::of("provisioned-concurrency"), Initialization::Provisioned);
        for value in ["on-demand", "snap-start", ""] {
            assert_eq!(Initialization::of(value), Initialization::OnDemand, "{value}");
        }
    }
}
