//! The list of all settings: their path in the file and their name in the environment.
//!
//! Read by the layers (what is known, what is a slip of the pen), by the help of `check-config`
//! and by the test that keeps the example file complete. It never holds a value.

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Dotted path in the file, e.g. `http.port`.
    pub path: &'static str,
    /// Variable of the environment.
    pub env: &'static str,
}

const fn key(path: &'static str, env: &'static str) -> Key {
    Key { path, env }
}

/// Every setting, in the order of the example file.
pub const KEYS: &[Key] = &[
    key("data", "DIEMCAU_DATA"),
    key("http.bind", "DIEMCAU_HTTP_BIND"),
    key("http.port", "DIEMCAU_HTTP_PORT"),
    key("http.names", "DIEMCAU_HTTP_NAMES"),
    key("http.public_address", "DIEMCAU_HTTP_PUBLIC_ADDRESS"),
    key("http.trusted_proxies", "DIEMCAU_HTTP_TRUSTED_PROXIES"),
    key("http.certificate", "DIEMCAU_HTTP_CERTIFICATE"),
    key("http.private_key", "DIEMCAU_HTTP_PRIVATE_KEY"),
    key("http.web_client", "DIEMCAU_HTTP_WEB_CLIENT"),
    key("acme.directory", "DIEMCAU_ACME_DIRECTORY"),
    key("acme.contact", "DIEMCAU_ACME_CONTACT"),
    key("acme.root", "DIEMCAU_ACME_ROOT"),
    key("media.port", "DIEMCAU_MEDIA_PORT"),
    key("media.shards", "DIEMCAU_MEDIA_SHARDS"),
    key("media.processes", "DIEMCAU_MEDIA_PROCESSES"),
    key("media.advertise_lan", "DIEMCAU_MEDIA_ADVERTISE_LAN"),
    key("media.advertise_wan", "DIEMCAU_MEDIA_ADVERTISE_WAN"),
    key("media.advertise_public", "DIEMCAU_MEDIA_ADVERTISE_PUBLIC"),
    key("media.over_https", "DIEMCAU_MEDIA_OVER_HTTPS"),
    key("media.https_port", "DIEMCAU_MEDIA_HTTPS_PORT"),
    key("media.relay_host", "DIEMCAU_MEDIA_RELAY_HOST"),
    key("mixer.encoder", "DIEMCAU_MIXER_ENCODER"),
    key("mixer.logo", "DIEMCAU_MIXER_LOGO"),
    key("live.rtmp_url", "DIEMCAU_LIVE_RTMP_URL"),
    key("live.srt_url", "DIEMCAU_LIVE_SRT_URL"),
    key("relay.listen", "DIEMCAU_RELAY_LISTEN"),
    key("relay.peers", "DIEMCAU_RELAY_PEERS"),
    key("relay.trusted", "DIEMCAU_RELAY_TRUSTED"),
    key("relay.certificate", "DIEMCAU_RELAY_CERTIFICATE"),
    key("relay.private_key", "DIEMCAU_RELAY_PRIVATE_KEY"),
    key("sip.port", "DIEMCAU_SIP_PORT"),
    key("database.url", "DIEMCAU_DATABASE_URL"),
    key("limits.participants", "DIEMCAU_LIMITS_PARTICIPANTS"),
    key("limits.places", "DIEMCAU_LIMITS_PLACES"),
    key("limits.connections", "DIEMCAU_LIMITS_CONNECTIONS"),
    key("limits.ws_connects_per_minute", "DIEMCAU_LIMITS_WS_CONNECTS_PER_MINUTE"),
    key("limits.guest_days", "DIEMCAU_LIMITS_GUEST_DAYS"),
    key("accounts.inside_networks", "DIEMCAU_ACCOUNTS_INSIDE_NETWORKS"),
    key("mail.host", "DIEMCAU_MAIL_HOST"),
    key("mail.port", "DIEMCAU_MAIL_PORT"),
    key("mail.encryption", "DIEMCAU_MAIL_ENCRYPTION"),
    key("mail.user", "DIEMCAU_MAIL_USER"),
    key("mail.password_file", "DIEMCAU_MAIL_PASSWORD_FILE"),
    key("mail.authority", "DIEMCAU_MAIL_AUTHORITY"),
    key("mail.from", "DIEMCAU_MAIL_FROM"),
    key("mail.reminders", "DIEMCAU_MAIL_REMINDERS"),
    key("webhooks.networks", "DIEMCAU_WEBHOOKS_NETWORKS"),
    key("log.format", "DIEMCAU_LOG_FORMAT"),
    key("log.filter", "DIEMCAU_LOG_FILTER"),
];

/// Variables that are no setting: the name of the file, and what the browser tests are told.
const OTHER_VARIABLES: &[&str] = &["DIEMCAU_CONFIG", "DIEMCAU_PROGRAM", "DIEMCAU_CHROMIUM"];

/// Variables for test programs; the server does not read them.
const TEST_PREFIX: &str = "DIEMCAU_TEST_";

/// The setting at `path`.
#[must_use]
pub fn by_path(path: &str) -> Option<Key> {
    KEYS.iter().copied().find(|key| key.path == path)
}

/// What a variable named `DIEMCAU_…` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    Setting(Key),
    /// Known, but not a setting.
    Other,
    Unknown,
}

/// Sorts a variable of the environment.
#[must_use]
pub fn variable(name: &str) -> Variable {
    match KEYS.iter().find(|key| key.env == name) {
        Some(key) => Variable::Setting(*key),
        None if OTHER_VARIABLES.contains(&name) || name.starts_with(TEST_PREFIX) => Variable::Other,
        None => Variable::Unknown,
    }
}

/// The known name nearest to `wrong`, when it is near enough to be what was meant: at most a
/// third of its letters differ.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (distance(wrong, name), name))
        .min()
        .filter(|(distance, name)| distance * 3 <= name.chars().count())
        .map(|(_, name)| name)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let kept = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = kept.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variable_name_follows_from_the_path() {
        for key in KEYS {
            let expected = format!("DIEMCAU_{}", key.path.replace('.', "_").to_uppercase());
            assert_eq!(key.env, expected);
        }
    }

    #[test]
    fn slip_of_the_pen_finds_what_was_meant() {
        let paths = || KEYS.iter().map(|key| key.path);
        assert_eq!(nearest("htp.port", paths()), Some("http.port"));
        assert_eq!(nearest("media.shard", paths()), Some("media.shards"));
        assert_eq!(nearest("colour", paths()), None);
    }
}
