//! Puts the measured number of places into a settings file, which a person wrote and will read again.
//!
//! Called by `bench`. Changes one line and nothing else; what it cannot change safely it leaves alone.

use crate::private_file;
use std::io;
use std::path::Path;

/// The one line.
#[must_use]
pub fn line(places: u32) -> String {
    format!("places = {places}")
}

/// Why the file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("its [limits] are written in a way that only a person should change")]
    Unusual,
}

/// Sets `limits.places` in `file`, which is made when there is none.
///
/// # Errors
/// [`NotWritten`]; the file is then as before.
pub fn write(file: &Path, places: u32) -> Result<(), NotWritten> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => String::new(),
        Err(failure) => return Err(failure.into()),
    };
    let text = with_places(&text, places).ok_or(NotWritten::Unusual)?;
    let rights = std::fs::metadata(file).ok().map(|it| it.permissions());
    if let Some(folder) = file.parent().filter(|it| !it.as_os_str().is_empty() && !it.exists()) {
        private_file::make_folder(folder)?;
    }
    private_file::write(file, text.as_bytes())?;
    if let Some(rights) = rights {
        std::fs::set_permissions(file, rights)?;
    }
    Ok(())
}

/// `text` with `limits.places` set; `None` where the result would not say that.
fn with_places(text: &str, places: u32) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let is_head = |line: &String| line.trim_start().starts_with('[');
    let head = lines.iter().position(|line| line.split('#').next().unwrap_or_default().trim() == "[limits]");
    match head {
        Some(head) => {
            let end = lines[head + 1..].iter().position(is_head).map_or(lines.len(), |at| head + 1 + at);
            let named = |line: &String| line.split('=').next().is_some_and(|name| name.trim() == "places");
            match lines[head + 1..end].iter().position(named) {
                Some(at) => lines[head + 1 + at] = line(places),
                None => lines.insert(head + 1, line(places)),
            }
        }
        None => {
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
            lines.extend(["[limits]".to_owned(), line(places)]);
        }
    }
    let text = lines.join("\n") + "\n";
    let read: toml::Table = text.parse().ok()?;
    let found = read.get("limits")?.get("places")?.as_integer()?;
    (found == i64::from(places)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(with_places(text, 400).as_deref(), expected, "{text}");
    }

    #[test]
    fn only_the_line_of_the_places_changes() {
        check(
            "# ours\n[limits] # all\nparticipants = 300\nplaces = 0 # all\n\n[log]\nformat = \"text\"\n",
            Some("# ours\n[limits] # all\nparticipants = 300\nplaces = 400\n\n[log]\nformat = \"text\"\n"),
        );
        check("[limits]\nguest_days = 30\n", Some("[limits]\nplaces = 400\nguest_days = 30\n"));
        check("[http]\nport = 8443\n", Some("[http]\nport = 8443\n\n[limits]\nplaces = 400\n"));
        check("", Some("[limits]\nplaces = 400\n"));
    }

    #[test]
    fn places_of_another_table_are_not_touched() {
        let text = "[limits]\n[other]\nplaces = 3\n";
        check(text, Some("[limits]\nplaces = 400\n[other]\nplaces = 3\n"));
    }

    #[test]
    fn unusual_ways_of_writing_are_left_to_a_person() {
        check("limits.places = 3\n", None);
        check("limits = { places = 3 }\n", None);
        check("[limits]\nplaces = \n[", None);
    }

    #[test]
    fn the_file_keeps_its_rights() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = std::env::temp_dir().join(format!("diemcau-bench-settings-{}", std::process::id()));
        let file = folder.join("diemcau.toml");
        write(&file, 30).expect("a new file in a new folder");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).expect("rights");
        write(&file, 31).expect("the file again");
        assert_eq!(std::fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o640);
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), "[limits]\nplaces = 31\n");
        std::fs::remove_dir_all(&folder).expect("the folder goes");
    }
}
