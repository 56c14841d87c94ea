//! Demo data: what `serve --demo` lays into an empty store.
//!
//! Sites, accounts and conferences are embedded files (demo/README.md); passwords are made at the
//! first start. Nothing here is used without `--demo`.

pub mod sites;
