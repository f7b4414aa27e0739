//! The function of a new stack: no model is published yet, and whether S3 says so depends on the role.

use serde_json::Value;
use tests::{
    binaries::binary,
    catalog::{BUCKET, LOCATION},
    runtime::Function,
    test_env::TestEnv,
};

const TARGET: &str = "/v1/recommendations?song=track+seven";

/// Asks once: the status, and the detail of a problem.
async fn ask(function: &Function) -> (u16, String) {
    let (status, headers, answer) = function.get(TARGET).await;
    if status == 503 {
        assert_eq!(answer["type"], "urn:segue:problem:model-unavailable");
        assert_ne!(headers["retry-after"], Value::Null);
    }
    (status, answer["detail"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_new_stack_says_where_to_upload_a_table_and_answers_once_there_is_a_model() {
    let test_env = TestEnv::new().await;
    let function = test_env.function().await;
    let (status, detail) = ask(&function).await;
    assert_eq!(status, 503);
    assert!(
        detail.starts_with(&format!("no model is published yet: upload a table to s3://{BUCKET}/uploads/")),
        "{detail}"
    );
    test_env.publish().await;
    assert_eq!(ask(&function).await, (200, String::new()));
}

#[tokio::test]
async fn a_role_without_list_bucket_says_that_the_model_or_the_permission_is_missing_and_how_to_tell() {
    let test_env = TestEnv::new().await;
    let keys = test_env.s3.reader_env().into_iter().map(|(name, value)| (name.to_owned(), value));
    let env: Vec<_> = keys.chain([("MODEL_URI".to_owned(), LOCATION.to_owned())]).collect();
    let function = Function::start(&binary("recommend"), &env).await;
    let (status, detail) = ask(&function).await;
    assert_eq!(status, 503);
    for part in
        ["either", &format!("`aws s3 ls {LOCATION}/latest.json`"), "publish a model", "s3:ListBucket", "s3:GetObject"]
    {
        assert!(detail.contains(part), "{part}: {detail}");
    }
    // The role suffices for everything else.
    test_env.publish().await;
    assert_eq!(ask(&function).await, (200, String::new()));
}
