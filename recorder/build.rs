//! Tells the program where the plugins of the GStreamer lie that it is built with.

fn main() {
    println!("cargo::rerun-if-env-changed=DIEMCAU_GST_PLUGINS");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = std::env::var("DIEMCAU_GST_PLUGINS").ok().or_else(told);
    let Some(folder) = folder else {
        println!(
            "cargo::error=pkg-config knows no gstreamer-1.0; install libgstreamer1.0-dev (make setup does)"
        );
        return;
    };
    println!("cargo::rustc-env=DIEMCAU_GST_PLUGINS={folder}");
}

fn told() -> Option<String> {
    let mut asked = std::process::Command::new("pkg-config");
    let answer = asked.args(["--variable=pluginsdir", "gstreamer-1.0"]).output().ok()?;
    let folder = String::from_utf8(answer.stdout).ok()?.trim().to_owned();
    (answer.status.success() && !folder.is_empty()).then_some(folder)
}
