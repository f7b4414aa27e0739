//! What can go wrong, and what to do about it.

use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::{
    delete_object::DeleteObjectError, get_object::GetObjectError, head_object::HeadObjectError,
    list_objects_v2::ListObjectsV2Error, put_object::PutObjectError,
};
use recommender::Version;

use crate::{Location, location};

/// What is behind an error, shared by all who are told of it.
pub(crate) type Cause = Arc<dyn std::error::Error + Send + Sync>;

pub(crate) fn cause(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Cause {
    error.into().into()
}

/// Why a store did not do what it was asked. The message says what to do next; causes are behind
/// [`source`](std::error::Error::source).
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not an `s3://bucket/prefix`.
    #[error(transparent)]
    Location(#[from] location::ParseError),

    /// What was to be published cannot be.
    #[error("this cannot be published: {reason}")]
    BadUpload {
        /// What is wrong with it.
        reason: String,
    },

    /// What was to be published is no artifact.
    #[error("this cannot be published: {source}")]
    NotAnArtifact {
        /// What is wrong with it.
        source: Cause,
    },

    /// No region in the settings.
    #[error("no AWS region is set; set AWS_REGION to the bucket's region")]
    NoRegion,

    /// No credentials in the settings.
    #[error(
        "no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE \
         (for a profile that signs in by SSO: eval \"$(aws configure export-credentials --format env)\")"
    )]
    NoCredentials {
        /// What each provider said.
        source: Cause,
    },

    /// The settings do not make a request.
    #[error("no request for {what} could be made; check AWS_REGION and AWS_ENDPOINT_URL_S3")]
    BadSettings {
        /// The object or the bucket.
        what: String,
        /// What is wrong with them.
        source: Cause,
    },

    /// Nothing was published here yet.
    #[error("no model in {location}: it has no latest.json; publish one with `trainer publish FILE --to {location}`")]
    NoModel {
        /// Where it was looked for.
        location: Location,
    },

    /// No such bucket.
    #[error("no bucket {bucket}; create it, or correct the location or AWS_ENDPOINT_URL_S3")]
    NoBucket {
        /// Its name.
        bucket: String,
    },

    /// The bucket is in another region.
    #[error("the bucket {bucket} is in another region; set AWS_REGION to it")]
    WrongRegion {
        /// The bucket's name.
        bucket: String,
    },

    /// The credentials are wrong, expired or do not suffice.
    #[error(
        "access to {what} was denied ({code}); check the credentials, and that they allow s3:GetObject, s3:PutObject and \
         s3:ListBucket (without the last one S3 answers the same for an object that does not exist), and to prune \
         s3:DeleteObject"
    )]
    AccessDenied {
        /// The object or the bucket.
        what: String,
        /// S3's name of the error.
        code: String,
    },

    /// The object does not exist, or may not be read: S3 says which only to who may list the bucket.
    #[error(
        "either {what} does not exist, or it may not be read: without s3:ListBucket on the bucket S3 answers 403 (AccessDenied) to \
         both; `aws s3 ls {what}` by somebody who may list says which; then publish a model there, or allow s3:GetObject"
    )]
    MissingOrDenied {
        /// The object.
        what: String,
    },

    /// No answer, no answer in time, or one that says to try later.
    #[error("{what} is out of reach for now; try again, and check the network and AWS_ENDPOINT_URL_S3 if it stays so")]
    Unavailable {
        /// The object or the bucket.
        what: String,
        /// What happened.
        source: Cause,
    },

    /// The server does not do all that S3 does.
    #[error(
        "this S3 server does not implement {function}, which {what} needs: use a server that does; if it is checksums \
         that it lacks, set AWS_REQUEST_CHECKSUM_CALCULATION and AWS_RESPONSE_CHECKSUM_VALIDATION to when_required"
    )]
    NotImplemented {
        /// The object or the bucket.
        what: String,
        /// What the server lacks: the operation, as S3's API names it.
        function: &'static str,
        /// What the server said.
        source: Cause,
    },

    /// S3 refused for another reason.
    #[error("S3 refused {what} with status {status} ({code})")]
    Refused {
        /// The object or the bucket.
        what: String,
        /// The HTTP status.
        status: u16,
        /// S3's name of the error.
        code: String,
        /// What S3 said.
        source: Cause,
    },

    /// What is stored is not what it should be.
    #[error("{what} is corrupt: {reason}; publish the model again, or go back with `trainer rollback`")]
    Corrupt {
        /// The object.
        what: String,
        /// What was expected and what came.
        reason: String,
    },

    /// What answers is not S3, or something stands in between that changes what S3 says.
    #[error(
        "{what} cannot be downloaded from this server: {reason}; artifacts are downloaded in ranges that carry the \
         object's ETag (If-Match), check AWS_ENDPOINT_URL_S3 and any proxy"
    )]
    Unsupported {
        /// The object.
        what: String,
        /// What was expected and what came.
        reason: String,
    },

    /// Bytes of a download that are not there for the caller.
    #[error("expected bytes of {what} that nobody took, got {}..{}: {reason}", .range.start, .range.end)]
    RangeUnavailable {
        /// The object.
        what: String,
        /// What was asked for.
        range: Range<u64>,
        /// What is wrong with it.
        reason: String,
    },

    /// Somebody else changed `latest.json` in the meantime. The model itself is stored.
    #[error(
        "another publisher was first: {location} is at {}; the model {version} is stored but not current, make it so \
         with `trainer rollback {version} --at {location}`",
        .now.map_or_else(|| "no model".to_owned(), |now| now.to_string())
    )]
    PointerMoved {
        /// Where.
        location: Location,
        /// The version that was to become current.
        version: Version,
        /// The version that is current now.
        now: Option<Version>,
    },

    /// The model is much worse than the current one. It is stored, and not current.
    #[error(
        "the model {version} is stored and not current: {losses}; the current model stays in {location}. A truncated or damaged table \
         does that. If it is meant so, `trainer rollback {version} --at {location}` makes it current, and --force \
         (segue-force=true in an upload's metadata) publishes without comparing"
    )]
    WorseThanCurrent {
        /// Where.
        location: Location,
        /// The version that was to become current.
        version: Version,
        /// What it has lost, a phrase each.
        losses: String,
    },

    /// The model is being deleted.
    #[error(
        "the model {version} in {location} is being deleted; once `trainer prune --keep N --at {location}` is done, \
         publish it again"
    )]
    BeingRemoved {
        /// Where.
        location: Location,
        /// The version.
        version: Version,
    },

    /// No model of this version.
    #[error("no model {version} in {location}; `trainer models --at {location}` lists those that are there")]
    UnknownVersion {
        /// Where it was looked for.
        location: Location,
        /// The version.
        version: Version,
    },
}

impl Error {
    /// Whether the same call may succeed a little later, with nothing changed.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }

    /// Sorts an error of the SDK. `key` is what was asked for, nothing for the bucket itself.
    pub(crate) fn from_sdk<E>(location: &Location, key: &str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: OperationError + ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let what = location.url(key);
        let bucket = location.bucket().to_owned();
        let status = match &error {
            SdkError::ConstructionFailure(_) => return Self::BadSettings { what, source: cause(error) },
            SdkError::ServiceError(service) => service.raw().status().as_u16(),
            _ => return Self::Unavailable { what, source: cause(error) },
        };
        let code = error.code().unwrap_or("no code").to_owned();
        match (code.as_str(), status) {
            ("NoSuchBucket", _) => Self::NoBucket { bucket },
            ("NotImplemented", _) | (_, 501) => {
                Self::NotImplemented { what, function: E::OPERATION, source: cause(error) }
            }
            (
                "PermanentRedirect"
                | "TemporaryRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
                _,
            )
            | (_, 301 | 307) => Self::WrongRegion { bucket },
            ("InvalidAccessKeyId" | "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired", _) | (_, 401 | 403) => {
                Self::AccessDenied { what, code }
            }
            ("RequestTimeout" | "ConditionalRequestConflict" | "OperationAborted", _) | (_, 408 | 429 | 500..) => {
                Self::Unavailable { what, source: cause(error) }
            }
            _ => Self::Refused { what, status, code, source: cause(error) },
        }
    }

    /// Says more exactly which function it is, where it is one that the server lacks.
    pub(crate) fn for_function(self, function: &'static str) -> Self {
        match self {
            Self::NotImplemented { what, source, .. } => Self::NotImplemented { what, function, source },
            other => other,
        }
    }

    pub(crate) fn timed_out(what: String, after: std::time::Duration) -> Self {
        let source = std::io::Error::new(std::io::ErrorKind::TimedOut, format!("not done after {after:?}"));
        Self::Unavailable { what, source: cause(source) }
    }
}

/// An operation's own error, which says which operation it was.
pub(crate) trait OperationError {
    /// As S3's API names the operation.
    const OPERATION: &'static str;
}

impl OperationError for GetObjectError {
    const OPERATION: &'static str = "GetObject";
}

impl OperationError for PutObjectError {
    const OPERATION: &'static str = "PutObject";
}

impl OperationError for HeadObjectError {
    const OPERATION: &'static str = "HeadObject";
}

impl OperationError for DeleteObjectError {
    const OPERATION: &'static str = "DeleteObject";
}

impl OperationError for ListObjectsV2Error {
    const OPERATION: &'static str = "ListObjectsV2";
}

#[cfg(test)]
mod tests {
    use super::*;

    fn location() -> Location {
        "s3://abc/segue".parse().unwrap()
    }

    #[test]
    fn messages_say_what_to_do() {
        let version = Version::of(b"");
        let moved = Error::PointerMoved { location: location(), version, now: None };
        for (error, command) in [
            (Error::NoModel { location: location() }, "`trainer publish FILE --to s3://abc/segue`".to_owned()),
            (moved, format!("`trainer rollback {version} --at s3://abc/segue`")),
            (
                Error::UnknownVersion { location: location(), version },
                "`trainer models --at s3://abc/segue`".to_owned(),
            ),
        ] {
            let message = error.to_string();
            assert!(message.contains(&command), "{message}");
            assert!(!message.ends_with('.') && !message.starts_with(char::is_uppercase), "{message}");
        }
    }

    #[test]
    fn only_what_may_pass_is_retryable() {
        assert!(Error::timed_out("x".into(), std::time::Duration::from_secs(1)).is_retryable());
        assert!(!Error::NoModel { location: location() }.is_retryable());
        assert!(!Error::Corrupt { what: String::new(), reason: String::new() }.is_retryable());
    }
}
