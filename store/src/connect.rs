//! The S3 client's configuration, from the standard AWS settings.
//!
//! This runs in a cold start. Where the environment has credentials, as in Lambda, the chain of other providers
//! (profile, web identity, ECS, EC2) is not even built; where it has a region, nobody asks EC2 for one.

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, ProvideCredentials, Region, SharedHttpClient};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::error::cause;
use crate::{BoxFuture, Error, StoreOptions};

/// A client configuration with what every S3 client of segue shares: the SDK's current behavior and TLS. Endpoint,
/// region and credentials are the caller's.
///
/// For servers whose address and keys are known, such as an embedded one; [`client_from_environment`] is for AWS.
pub fn base_config() -> Builder {
    Builder::new().behavior_version(BehaviorVersion::latest()).http_client(http_client())
}

/// An S3 client from the standard AWS settings, with the time-outs and retries of [`StoreOptions::default`]. With an
/// endpoint of one's own, buckets are addressed by path.
///
/// # Errors
/// [`Error::NoRegion`] and [`Error::NoCredentials`] where none are found.
pub fn client_from_environment() -> BoxFuture<'static, Result<Client, Error>> {
    Box::pin(
        async move { Ok(Client::from_conf(StoreOptions::default().apply(config_from_environment().await?).build())) },
    )
}

pub(crate) async fn config_from_environment() -> Result<Builder, Error> {
    let has_endpoint = is_set("AWS_ENDPOINT_URL_S3") || is_set("AWS_ENDPOINT_URL");
    let has_region = is_set("AWS_REGION") || is_set("AWS_DEFAULT_REGION");
    let has_credentials = is_set("AWS_ACCESS_KEY_ID") && is_set("AWS_SECRET_ACCESS_KEY");

    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client());
    if has_credentials {
        loader = loader.credentials_provider(EnvironmentVariableCredentialsProvider::new());
    }
    if has_endpoint && !has_region {
        // Servers of one's own mostly have no regions, but a signature has to name one.
        loader = loader.region(Region::from_static("us-east-1"));
    }
    let config = loader.load().await;

    if config.region().is_none() {
        return Err(Error::NoRegion);
    }
    if !has_credentials && let Some(provider) = config.credentials_provider() {
        // Asked for now, so that their absence is said as such and not as a request that failed.
        provider.provide_credentials().await.map_err(|error| Error::NoCredentials { source: cause(error) })?;
    }

    let path_style = has_endpoint || config.endpoint_url().is_some();
    Ok(Builder::from(&config).force_path_style(path_style))
}

/// HTTPS by rustls and ring, with the certificates of the system.
fn http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}
