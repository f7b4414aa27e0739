//! Tokens from AWS Secrets Manager.

use std::time::Duration;

use anyhow::Context;
use aws_config::{BehaviorVersion, timeout::TimeoutConfig};

use super::Tokens;

/// How long the secret may take: a function has 10 s to start.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads the secret once: a change is seen by environments that start after it.
///
/// # Errors
///
/// If it cannot be read, or is not what [`Tokens`] are made of. The secret is not in the message.
pub async fn fetch(arn: &str) -> anyhow::Result<Tokens> {
    let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).operation_attempt_timeout(PATIENCE / 2).build();
    let config = aws_config::defaults(BehaviorVersion::latest()).timeout_config(timeouts).load().await;
    let client = aws_sdk_secretsmanager::Client::new(&config);
    let answer = client.get_secret_value().secret_id(arn).send().await;
    let answer = answer.map_err(|error| {
        let reason = aws_sdk_secretsmanager::error::DisplayErrorContext(&error).to_string();
        anyhow::anyhow!("{reason}; the function's role must allow secretsmanager:GetSecretValue on it")
    });
    let answer = answer.with_context(|| format!("API_TOKENS_SECRET_ARN names {arn}, which cannot be read"))?;
    let text = answer.secret_string().with_context(|| format!("the secret {arn} is not text"))?;
    let tokens = text.parse().map_err(|error: String| anyhow::anyhow!("{error}: expected {}", Tokens::EXPECTED));
    tokens.with_context(|| format!("the secret {arn} does not hold tokens"))
}
