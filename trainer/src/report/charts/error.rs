//! Why there is no chart.

/// Why there is no chart.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to draw was handed over.
    #[error("the {chart} chart has nothing to draw; train on at least one track, and one k")]
    Empty {
        /// Which chart.
        chart: &'static str,
    },
    /// plotters gave up.
    #[error("the {chart} chart cannot be drawn: {reason}; report this with the options of the run")]
    Draw {
        /// Which chart.
        chart: &'static str,
        /// What plotters says.
        reason: String,
    },
}
