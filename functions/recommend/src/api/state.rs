//! What the routes share.

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::models::ModelManager;

/// Routes with their descriptions.
pub(super) type Routes = OpenApiRouter<ApiState>;

/// What the routes share.
#[derive(Clone)]
pub(super) struct ApiState {
    pub(super) models: Arc<ModelManager>,
    /// The descriptions of all routes.
    pub(super) document: Arc<OpenApi>,
}

impl FromRef<ApiState> for Arc<ModelManager> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.models)
    }
}

impl FromRef<ApiState> for Arc<OpenApi> {
    fn from_ref(state: &ApiState) -> Self {
        Arc::clone(&state.document)
    }
}

impl AsRef<ModelManager> for ApiState {
    fn as_ref(&self) -> &ModelManager {
        &self.models
    }
}
