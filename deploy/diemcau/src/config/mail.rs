//! Settings of the mail server by which invitations leave, and of the address that stands in them.
//!
//! Called by `config::read`. Whether the files can be read is asked when the server starts.

use super::reader::Reader;
use signalling_server::MailEncryption;
use std::path::PathBuf;

/// Minutes before the start at which people are reminded, unless they are set.
const REMINDERS: [u32; 2] = [24 * 60, 60];
/// Most reminders of one meeting.
const MAX_REMINDERS: usize = 8;
/// Longest time before the start for a reminder, in minutes: two weeks.
const MAX_LEAD: u32 = 14 * 24 * 60;

/// How mails leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub encryption: MailEncryption,
    /// Empty: the server wants no name.
    pub user: String,
    pub password_file: Option<PathBuf>,
    /// PEM file of roots that are trusted beside those of the machine.
    pub authority: Option<PathBuf>,
    pub from: String,
    pub reminders: Vec<u32>,
}

fn file(reader: &mut Reader<'_>, path: &'static str) -> Option<PathBuf> {
    Some(reader.text(path, "")).filter(|text| !text.is_empty()).map(PathBuf::from)
}

/// `None` when no host is set: invitations are kept then, and none is sent.
pub(super) fn mail(reader: &mut Reader<'_>) -> Option<Mail> {
    let words = [
        ("starttls", MailEncryption::StartTls),
        ("tls", MailEncryption::Tls),
        ("none", MailEncryption::None),
    ];
    let host = reader.text("mail.host", "");
    let mail = Mail {
        port: reader.number("mail.port", 1..=u16::MAX, 587),
        encryption: reader.word("mail.encryption", &words, MailEncryption::StartTls),
        user: reader.text("mail.user", ""),
        password_file: file(reader, "mail.password_file"),
        authority: file(reader, "mail.authority"),
        from: reader.text("mail.from", ""),
        reminders: reminders(reader),
        host,
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
    if !mail.host.chars().all(is_host) || mail.host.len() > 253 {
        let what = format!("\"{}\" is no host name", mail.host.escape_debug());
        reader.refuse("mail.host", what, "write it like \"mail.example.gov.vn\"");
        return None;
    }
    if mail.host.is_empty() {
        return None;
    }
    let is_address =
        mail.from.split_once('@').is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty());
    if !is_address || mail.from.contains(char::is_whitespace) {
        let what = format!("\"{}\" is no mail address", mail.from.escape_debug());
        reader.refuse("mail.from", what, "write it like \"hop@example.gov.vn\", or leave mail.host empty");
        return None;
    }
    if mail.user.is_empty() != mail.password_file.is_none() {
        let remedy = "set both, or neither for a server that wants no name";
        reader.refuse("mail.user", "mail.user and mail.password_file belong together", remedy);
        return None;
    }
    if mail.encryption == MailEncryption::None && !mail.user.is_empty() {
        let remedy = "choose \"starttls\" or \"tls\", or leave mail.user empty";
        reader.refuse("mail.encryption", "a password would be sent in the clear", remedy);
        return None;
    }
    Some(mail)
}

fn reminders(reader: &mut Reader<'_>) -> Vec<u32> {
    let given = reader.list("mail.reminders");
    if given.is_empty() {
        return REMINDERS.to_vec();
    }
    if given.iter().any(|text| text == "none") {
        return Vec::new();
    }
    let lead = |text: &String| text.trim().parse().ok().filter(|lead| (1..=MAX_LEAD).contains(lead));
    let leads: Vec<u32> = given.iter().filter_map(lead).collect();
    if leads.len() != given.len() || leads.len() > MAX_REMINDERS {
        let what = format!("minutes from 1 to {MAX_LEAD} are wanted, at most {MAX_REMINDERS}");
        reader.refuse("mail.reminders", what, "write [\"1440\", \"60\"], or [\"none\"]");
        return REMINDERS.to_vec();
    }
    leads
}

/// Where people reach the server; made from the first name and the port when it is not set.
pub(super) fn public_address(reader: &mut Reader<'_>, names: &[String], port: u16) -> String {
    let given = reader.text("http.public_address", "");
    let given = given.trim_end_matches('/');
    if given.is_empty() {
        let host = names.first().map_or("localhost", String::as_str);
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        return if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") };
    }
    let rest = given.strip_prefix("https://").unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']');
    if rest.is_empty() || !rest.chars().all(is_plain) {
        let what = format!("\"{}\" is no address of a server", given.escape_debug());
        reader.refuse("http.public_address", what, "write it like \"https://hop.example.gov.vn\"");
        return format!("https://localhost:{port}");
    }
    given.to_owned()
}
