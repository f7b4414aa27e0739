//! Parameters, each described once: its name, its meaning, what it may hold, and what holds without it. The parser of
//! URLs, the members of bodies, the messages and the OpenAPI document follow from that.
//!
//! ```text
//! parameters! {
//!     /// What `GET /v1/map` takes.
//!     struct MapQuery in Query {
//!         /// How many points
//!         limit: usize = Or(Integer(1..=MAX_POINTS), DEFAULT_POINTS),
//!     }
//! }
//! ```
//!
//! A handler takes `Query<MapQuery>`, and its `utoipa::path` has `params(MapQuery)`.

mod description;
mod extract;
mod kind;
mod macros;
mod presence;
mod unknown;
mod values;

pub use self::{
    description::Description,
    extract::{Path, Query},
    kind::{Choice, Decimal, Flag, Integer, Kind, List, Text},
    presence::{Optional, Or, Parameter, Required},
    values::{MAX_VALUE_CHARS, Values},
};
pub(crate) use self::{
    macros::{members, parameters},
    unknown::meant,
};
use crate::problem::Problem;

/// All parameters in the query or in the path of a route.
pub trait Parameters: Sized {
    /// Their names, in the order of their descriptions.
    fn names() -> Vec<&'static str>;

    /// What each is.
    fn describe() -> Vec<Description>;

    /// Reads them.
    ///
    /// # Errors
    ///
    /// 400 with the name of the first that is not as it should be.
    fn read(values: &Values) -> Result<Self, Problem>;
}

parameters! {
    /// For a route whose URL takes no parameters.
    pub struct NoParameters in Query {}
}
