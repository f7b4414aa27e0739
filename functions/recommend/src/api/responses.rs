//! What the routes answer with besides what they were asked for, as OpenAPI describes it.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, ResponseBuilder, response},
};

use crate::problem::MEDIA_TYPE;

/// What any route may answer with instead of what it was asked for; with `BODY`, a route that takes one.
pub(super) struct Problems<const BODY: bool>;

impl<const BODY: bool> IntoResponses for Problems<BODY> {
    fn responses() -> BTreeMap<String, RefOr<response::Response>> {
        let always: &[_] = &[
            ("400", "Something in the request is not as it should be; the problem names it"),
            ("401", "The API wants a token, and the request bears none that is known"),
            ("414", "The URL is too long"),
            ("500", "A defect; it has been logged"),
            ("503", "There is no model to answer with yet; Retry-After says when to ask again"),
        ];
        let body: &[_] = &[("413", "The body is too large"), ("415", "The body is not JSON by its content type")];
        let all = always.iter().chain(if BODY { body } else { &[] });
        let throttled = ResponseBuilder::new()
            .description("API Gateway takes no more requests at present. This is its own answer, and no problem")
            .content("application/json", Content::new(Some(Ref::from_schema_name(Throttled::name()))))
            .build();
        all.map(|(status, description)| ((*status).to_owned(), problem(description)))
            .chain([(THROTTLED.to_owned(), throttled.into())])
            .collect()
    }
}

/// The status of [`Throttled`].
pub(super) const THROTTLED: &str = "429";

/// What API Gateway answers with where more requests come than the stack's `ThrottleRate` and `ThrottleBurst` let through.
#[derive(ToSchema)]
#[expect(dead_code, reason = "API Gateway writes it; this is its schema")]
pub(super) struct Throttled {
    /// For people.
    #[schema(example = "Too Many Requests")]
    message: String,
}

/// The client's copy still holds: what a route that answers from the model alone says to `If-None-Match`.
pub(super) struct NotModified;

impl IntoResponses for NotModified {
    fn responses() -> BTreeMap<String, RefOr<response::Response>> {
        let response = ResponseBuilder::new().description("What If-None-Match names still holds").build();
        BTreeMap::from([("304".to_owned(), response.into())])
    }
}

fn problem(description: &str) -> RefOr<response::Response> {
    let schema = Ref::from_schema_name("Problem");
    ResponseBuilder::new().description(description).content(MEDIA_TYPE, Content::new(Some(schema))).build().into()
}
