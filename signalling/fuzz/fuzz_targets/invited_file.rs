//! libFuzzer target: `signalling_server::fuzz::invited_file` on whatever the fuzzer makes.
//!
//! Run by cargo-fuzz. Holds no logic of its own, so that the stable run tests the same thing.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    signalling_server::fuzz::invited_file(bytes);
});
