//! libFuzzer target: `media_core::fuzz::descriptor` on whatever the fuzzer makes.
//!
//! Run by cargo-fuzz. Holds no logic of its own, so that the stable run tests the same thing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::time::Instant;

fuzz_target!(|bytes: &[u8]| media_core::fuzz::descriptor(Instant::now(), bytes));
