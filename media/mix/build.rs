//! Finds what this crate links besides FFmpeg.
//!
//! It comes from Debian (`deploy/setup/packages.sh`). Structures of openh264 are taken from its header.

use std::path::PathBuf;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-lib=dylib=openh264");
    // Debian's libyuv is in C++; of its archive only what scales is taken.
    println!("cargo:rustc-link-search=native={}", archive_folder());
    println!("cargo:rustc-link-lib=static=yuv");
    println!("cargo:rustc-link-lib=dylib=stdc++");
    let header = "/usr/include/wels/codec_api.h";
    let made = bindgen::Builder::default()
        .header(header)
        .allowlist_function("WelsCreateSVCEncoder|WelsDestroySVCEncoder")
        .allowlist_type(
            "ISVCEncoderVtbl|SEncParamExt|SFrameBSInfo|SSourcePicture|SBitrateInfo|ENCODER_OPTION",
        )
        .allowlist_type(
            "EUsageType|RC_MODES|ECOMPLEXITY_MODE|EParameterSetStrategy|EProfileIdc|SliceModeEnum",
        )
        .allowlist_type("EVideoFormatType|EVideoFrameType|LAYER_NUM|WELS_LOG")
        .allowlist_var("WELS_LOG_QUIET")
        .layout_tests(false)
        .generate();
    let made = match made {
        Ok(made) => made,
        Err(failure) => panic!("{header}: {failure}; run `make setup`"),
    };
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    made.write_to_file(folder.join("wels.rs")).expect("the output folder can be written");
}

/// Where Debian puts libraries of this processor.
fn archive_folder() -> String {
    let processor = std::env::var("CARGO_CFG_TARGET_ARCH").expect("cargo sets it");
    format!("/usr/lib/{processor}-linux-gnu")
}
