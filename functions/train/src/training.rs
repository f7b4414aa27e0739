//! One training, as the trainer does it.

use recommender::Model;
use store::Upload;
use trainer::{
    input::Input,
    progress::{Progress, Stopwatch},
    report::{self, ReportData},
    table::{self, Table},
    training,
};

use crate::{error::Error, options::Options};

/// What a training made.
pub struct TrainingOutput {
    /// The artifact, and the report's files.
    pub upload: Upload,
    /// Rows of the table, those that were left out among them.
    pub rows: u64,
    /// The stages, and how many seconds each took.
    pub seconds: Vec<(String, f64)>,
}

/// Reads a table out of S3, trains on it, and makes the report.
///
/// # Errors
///
/// Where the table cannot be used, or what the trainer fails with.
pub fn train(input: &Input, options: &Options) -> Result<TrainingOutput, Error> {
    let stopwatch = Stopwatch::default();
    let table = input.table(&options.table, &stopwatch)?;
    log_table_summary(&table);
    let trained = training::train(table, &options.training, &stopwatch)?;
    let rows = trained.rows;

    let stage = stopwatch.stage("measure", ReportData::steps());
    let model = Model::from_bytes(&trained.file, trained.version)?;
    let report_data = ReportData::gather(&model, &trained, &|done| stage.set(done))?;
    drop(model);
    stage.done("");

    let report = report::files::make(&trained, &report_data, &stopwatch.seconds())?;
    let upload = Upload::of(trained.file.into(), report).map_err(Error::Publish)?;
    Ok(TrainingOutput { upload, rows, seconds: stopwatch.seconds() })
}

/// What a person should know about how the table was read.
fn log_table_summary(table: &Table) {
    for warning in &table.warnings {
        tracing::warn!("{warning}");
    }
    for used in &table.schema.used {
        let (column, note) = (used.column.as_deref().unwrap_or_default(), used.note.as_deref().unwrap_or_default());
        tracing::info!(
            meaning = used.meaning.name(),
            column,
            empty = used.empty,
            unreadable = used.unreadable,
            note,
            "column"
        );
    }
    for (column, meaning) in table.schema.hints() {
        tracing::info!(column, looks_like = meaning.name(), "unused column: segue-column names it");
    }
    let absent: Vec<&str> = table.absent.iter().map(|feature| feature.name()).collect();
    tracing::info!(tracks = table.n_tracks(), rows = table.rows, absent = absent.join(","), "read");
    if table.dropped.total > 0 {
        tracing::warn!(dropped = table.dropped.total, rows = table.rows, reasons = %table.dropped, "rows were left out");
    }
}

/// Whether it is the table's number of tracks that was too large.
pub(crate) fn has_too_many_tracks(error: &Error) -> bool {
    matches!(error, Error::Input(trainer::input::Error::Table(table::Error::TooManyTracks { .. })))
}
