//! Fails when the TypeScript types of the web client are older than the Rust types.
//!
//! `UPDATE_GENERATED=1` rewrites the file instead.

use std::path::Path;

#[test]
fn typescript_file_is_as_the_rust_types_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web-client/src/protocol/generated.ts");
    let wanted = signalling_server::protocol::typescript();
    if std::env::var_os("UPDATE_GENERATED").is_some_and(|v| v == "1") {
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("folder can be made");
        std::fs::write(&path, &wanted).expect("file can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "web-client/src/protocol/generated.ts is stale: run UPDATE_GENERATED=1 cargo test -p \
         signalling-server --test generated_types",
    );
}
