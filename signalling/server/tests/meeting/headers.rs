//! Every header of an answer, on a page, a file, an answer of the API, an error and a download.

use crate::stage::Stage;
use expect_test::{Expect, expect};

/// What each answer carries, whatever it is.
const ON_EVERY_ANSWER: [(&str, &str); 7] = [
    (
        "content-security-policy",
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self' data:; \
         connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(self), microphone=(self), display-capture=(self), fullscreen=(self), \
         autoplay=(self), geolocation=(), payment=(), usb=()",
    ),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// Asks for `path`, looks for the headers of every answer and compares the others.
async fn check(stage: &Stage, path: &str, status: u16, others: Expect) {
    let answer = stage.http().get(path, &[]).await;
    assert_eq!(answer.status, status, "{path}");
    for (name, value) in ON_EVERY_ANSWER {
        assert_eq!(answer.headers(name).collect::<Vec<_>>(), [value], "{path}: {name}");
    }
    let lines = answer.head_lines();
    let own: Vec<&str> = lines
        .lines()
        .filter(|line| !ON_EVERY_ANSWER.iter().any(|(name, _)| line.starts_with(&format!("{name}:"))))
        .collect();
    others.assert_eq(&own.join("\n"));
}

#[tokio::test]
async fn every_answer_keeps_the_page_to_itself() {
    let stage = Stage::start().await;
    check(
        &stage,
        "/",
        200,
        expect![[r#"
        accept-ranges: bytes
        cache-control: no-cache
        connection: close
        content-type: text/html
        vary: accept-encoding"#]],
    )
    .await;
    check(
        &stage,
        "/assets/a1.js",
        200,
        expect![[r#"
        accept-ranges: bytes
        cache-control: public, max-age=31536000, immutable
        connection: close
        content-type: text/javascript
        vary: accept-encoding"#]],
    )
    .await;
    check(
        &stage,
        "/api/v1/authority",
        200,
        expect![[r#"
        cache-control: no-store
        connection: close
        content-type: application/json"#]],
    )
    .await;
    check(
        &stage,
        "/api/v1/me",
        401,
        expect![[r#"
        cache-control: no-store
        connection: close
        content-type: application/json
        www-authenticate: Bearer"#]],
    )
    .await;
    check(
        &stage,
        "/nowhere",
        404,
        expect![[r#"
        connection: close
        content-type: application/json"#]],
    )
    .await;
    check(
        &stage,
        "/ca/root.crt",
        200,
        expect![[r#"
        cache-control: no-cache
        connection: close
        content-disposition: attachment; filename="diem-cau-root.crt"
        content-type: application/x-x509-ca-cert"#]],
    )
    .await;
    check(
        &stage,
        "/ca/root.pem",
        200,
        expect![[r#"
        cache-control: no-cache
        connection: close
        content-disposition: attachment; filename="diem-cau-root.pem"
        content-type: application/x-pem-file"#]],
    )
    .await;
}

#[tokio::test]
async fn https_is_insisted_on_only_under_a_name_with_a_certificate_that_browsers_know() {
    let mut stage = Stage::start().await;
    let strict = async |stage: &Stage, host: &str| {
        let answer = stage.http().get("/", &[("host", host)]).await;
        answer.header("strict-transport-security").map(str::to_owned)
    };
    assert_eq!(strict(&stage, "hop.example.vn").await, None, "a local authority");
    stage.renew_certificate(true);
    assert_eq!(strict(&stage, "hop.example.vn").await.as_deref(), Some("max-age=31536000"));
    assert_eq!(strict(&stage, "localhost:8443").await, None);
    assert_eq!(strict(&stage, "10.0.0.5").await, None);
}

#[tokio::test]
async fn file_is_sent_as_small_as_the_browser_takes_it() {
    let stage = Stage::start().await;
    for (takes, encoding, body) in [
        ("gzip, deflate, br, zstd", Some("br"), "as Brotli"),
        ("gzip", Some("gzip"), "as gzip"),
        ("identity", None, "as it is"),
    ] {
        let answer = stage.http().get("/assets/a2.js", &[("accept-encoding", takes)]).await;
        assert_eq!(
            answer.headers("content-encoding").collect::<Vec<_>>(),
            Vec::from_iter(encoding),
            "{takes}"
        );
        assert_eq!(answer.headers("content-type").collect::<Vec<_>>(), ["text/javascript"], "{takes}");
        assert_eq!(answer.body, body.as_bytes(), "{takes}");
    }
}
