//! `diemcau journal verify`: walks every row and every exported head and tells what is wrong.
//!
//! Called by `main`; may run beside a server. Exit status 1 when anything is wrong, so that a
//! nightly job can raise the alarm.

use crate::config::Config;
use crate::failure::Failure;
use crate::serve::open_store;
use signalling_server::journal::verify_folder;
use std::process::ExitCode;

/// Prints the findings on standard output, one a line, then a summary.
///
/// # Errors
/// When journal, key or heads cannot be read at all.
pub async fn verify(config: &Config) -> Result<ExitCode, Failure> {
    let store = open_store(config).await?;
    let report = verify_folder(&store, &config.data).await?;
    store.close().await;
    for finding in &report.findings {
        println!("{finding}");
    }
    if report.findings_left_out > 0 {
        println!("… {} more", report.findings_left_out);
    }
    let verdict = if report.is_sound() {
        "Nhật ký nguyên vẹn · The journal is sound"
    } else {
        "NHẬT KÝ CÓ LỖI · THE JOURNAL IS BROKEN"
    };
    println!(
        "{verdict}: {} conferences, {} rows, {} of them beyond the exported heads",
        report.conferences, report.rows, report.unexported_rows
    );
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
