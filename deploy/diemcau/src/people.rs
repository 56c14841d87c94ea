//! `diemcau people import`: people and units from a CSV file, shown first, changed with `--apply`.
//!
//! Called by `main`; the rules are those of the page. Codes of new accounts go to a private file and
//! never to the screen or the log.

use crate::data_folder::DataFolder;
use crate::failure::Failure;
use crate::private_file;
use signalling_server::Timestamp;
use signalling_server::auth::ServerKey;
use signalling_server::people::{self, Outcome, Scope};
use signalling_server::store::Database;
use std::path::Path;

/// Refused rows that are listed; the page has them all.
const LISTED: usize = 50;

/// Shows what `file` would change and, with `apply`, changes it.
///
/// # Errors
/// A file that cannot be read, failures of the store.
pub async fn import(
    store: &Database,
    folder: &DataFolder,
    file: &Path,
    apply: bool,
    now: Timestamp,
) -> Result<(), Failure> {
    let unreadable = |cause| Failure::File { file: file.display().to_string(), cause };
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let (_, plan, _) = people::plan_of(store, bytes, &Scope::Everybody(None)).await?;
    let count = |outcome| plan.count(outcome);
    println!(
        "Thêm · Added: {}\nThay đổi · Changed: {}\nGiữ nguyên · Unchanged: {}\nTừ chối · Refused: {}",
        count(Outcome::Added),
        count(Outcome::Changed),
        count(Outcome::Unchanged),
        count(Outcome::Refused),
    );
    for line in plan.lines.iter().filter(|line| line.outcome == Outcome::Refused).take(LISTED) {
        let field = line.field.map(|field| format!("{field:?}")).unwrap_or_default();
        let problem = line.problem.map(|problem| format!("{problem:?}")).unwrap_or_default();
        println!("  dòng · line {}: {field} {problem}", line.line);
    }
    if !apply {
        println!("Chưa thay đổi gì · Nothing was changed; add --apply");
        return Ok(());
    }
    let codes = people::apply(store, &ServerKey::new(*folder.secret()), plan, now).await?;
    if !codes.is_empty() {
        let path = folder.join(&format!("one-time-codes-{}.csv", now.0));
        let mut text = String::from("\u{FEFF}user,name,unit,code\r\n");
        for code in &codes {
            let fields = [&code.user, &code.name, &code.unit, &code.code].map(|text| quoted(text));
            text.push_str(&fields.join(","));
            text.push_str("\r\n");
        }
        let failed = |cause| Failure::File { file: path.display().to_string(), cause };
        private_file::write(&path, text.as_bytes()).map_err(failed)?;
        println!("Mã dùng một lần · One-time codes: {}", path.display());
    }
    println!("Đã nhập · Imported");
    Ok(())
}

/// A field of CSV; what a spreadsheet would take for a formula is told to be text.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t']) { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
