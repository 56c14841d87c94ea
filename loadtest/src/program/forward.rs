//! `loadtest forward`. Its keys in JSON are read by other programs and stay as they are.

use super::cli::ForwardFlags;
use super::{CLIENT_CORE, command_line, prepare, write};
use loadtest::client::Codec;
use loadtest::error::Failure;
use loadtest::material::{Stock, prepared};
use loadtest::report::{Drawn, Measured, forward_json, forward_table, page};
use loadtest::run::forward::{Wanted, measure};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// Measures ours, then the others.
///
/// # Errors
/// What kept ours from being measured, or a file from being written.
pub fn run(flags: ForwardFlags) -> Result<ExitCode, Failure> {
    let launch = prepare(flags.diemcau);
    let codec = Codec::from(flags.codec);
    let wanted = Wanted {
        receivers: flags.receivers,
        length: Duration::from_secs(flags.seconds),
        profile: flags.profile.into(),
        codec,
        stock: Arc::new(Stock::open(&prepared("bench-material"))),
        core: CLIENT_CORE,
    };
    let (mut measured, mut first): (Vec<Measured>, Option<Failure>) = (Vec::new(), None);
    for name in std::iter::once("diemcau".to_owned()).chain(flags.peers) {
        let result = measure(&name, &launch, &wanted);
        let told = result.as_ref().map_err(ToString::to_string).cloned();
        if measured.is_empty() {
            first = result.err();
        }
        measured.push((name, told));
    }
    let table = forward_table(&measured);
    println!("{table}");
    let about = json!({
        "command": command_line(),
        "profile": format!("{:?}", flags.profile).to_lowercase(),
        "codec": codec.name(),
        "material": if wanted.stock.is_real { "camera" } else { "made up" },
    });
    write(flags.json.as_deref(), || format!("{:#}\n", forward_json(&measured, about)))?;
    write(flags.html.as_deref(), || {
        let drawn: Vec<Drawn<'_>> =
            measured.iter().filter_map(|(name, it)| Some((name.clone(), it.as_ref().ok()?))).collect();
        page("Forwarding: one sender, many receivers", &drawn, &table, &command_line())
    })?;
    first.map_or(Ok(ExitCode::SUCCESS), Err)
}
