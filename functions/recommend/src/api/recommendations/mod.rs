//! `GET` and `POST /v1/recommendations`: which songs should follow these?

mod ask;
mod query;
mod view;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    response::Response,
};

use self::{ask::Ask, view::Recommendations};
use crate::{api::json, models::Models, params::Params, problem::Problem};

pub(super) async fn get(State(models): State<Arc<Models>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let params = Params::parse(query.as_deref(), &query::parameters())?;
    respond(&models, query::ask(&params)?).await
}

/// What is wrong with a request is said before a model is waited for, as far as that can be known.
async fn respond(models: &Models, ask: Ask) -> Result<Response, Problem> {
    ask.check()?;
    let loaded = models.get().await?;
    let model = &loaded.model;
    let answer = model.recommend(&ask.request(model)?)?;
    Ok(json(&Recommendations::of(model, &answer, ask.explain)))
}
