//! The few plugins of GStreamer that are needed, each from its own file: nothing else of GStreamer is loaded, no list
//! of all plugins is kept, and no helper program scans them.

use gstreamer as gst;
use std::path::{Path, PathBuf};

/// What files every way out needs, and what those to others need.
const ALWAYS: [&str; 5] = ["app", "coreelements", "videoparsersbad", "voaacenc", "audioparsers"];
const RTMP: [&str; 2] = ["flv", "rtmp2"];
const SRT: [&str; 2] = ["mpegtsmux", "srt"];

/// Why GStreamer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("GStreamer does not start: {0}")]
    Start(gst::glib::Error),
    #[error(
        "plugin {file} of GStreamer cannot be loaded: {cause}; install gstreamer1.0-plugins-base, -good and -bad"
    )]
    Plugin { file: PathBuf, cause: gst::glib::Error },
    #[error("the plugin for CMAF is refused: {0}")]
    Cmaf(#[from] gst::glib::BoolError),
}

/// Loads what the ways out need. Before any thread, and before files are closed off.
///
/// # Errors
/// [`Failure`].
pub fn load(has_rtmp: bool, has_srt: bool) -> Result<(), Failure> {
    // SAFETY: called by `process` while this is the only thread.
    unsafe {
        std::env::set_var("GST_REGISTRY_DISABLE", "yes");
        std::env::set_var("GST_PLUGIN_SYSTEM_PATH_1_0", "");
        std::env::set_var("GST_REGISTRY_FORK", "no");
        // GLib would look for settings of a desktop, and for a proxy in them.
        std::env::set_var("GSETTINGS_BACKEND", "memory");
        std::env::set_var("GIO_USE_PROXY_RESOLVER", "dummy");
    }
    gst::init().map_err(Failure::Start)?;
    let folder = Path::new(env!("DIEMCAU_GST_PLUGINS"));
    let rtmp = RTMP.iter().filter(|_| has_rtmp);
    let srt = SRT.iter().filter(|_| has_srt);
    for name in ALWAYS.iter().chain(rtmp).chain(srt) {
        let file = folder.join(format!("libgst{name}.so"));
        gst::Plugin::load_file(&file).map_err(|cause| Failure::Plugin { file, cause })?;
    }
    Ok(gstfmp4::plugin_register_static()?)
}
