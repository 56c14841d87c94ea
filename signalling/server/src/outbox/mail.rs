//! The way to the mail server: one SMTP attempt for each call, bounded in time.
//!
//! Used by `outbox` alone. Says what the server said, so that a person can see why a mail does not go out.

use super::Outcome;
use crate::config::{MailEncryption, MailSettings};
use crate::invitations::Mail;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::error::Error;
use std::time::Duration;

/// Name under which mails come.
const SENDER: &str = "Điểm Cầu";

/// Why the settings make no way.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoWay {
    #[error("{0} is no mail address")]
    From(String),
    #[error("the mail server's certificate authority cannot be read: {0}")]
    Authority(lettre::transport::smtp::Error),
}

/// A mail server that is set.
pub(super) struct MailWay {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
    patience: Duration,
}

impl MailWay {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, NoWay> {
        let from = settings.from.parse().map_err(|_| NoWay::From(settings.from.clone()))?;
        let tls = || -> Result<TlsParameters, NoWay> {
            let mut parameters = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.authority {
                let root = Certificate::from_pem(pem).map_err(NoWay::Authority)?;
                parameters = parameters.add_root_certificate(root);
            }
            parameters.build().map_err(NoWay::Authority)
        };
        let tls = match settings.encryption {
            MailEncryption::Tls => Tls::Wrapper(tls()?),
            MailEncryption::StartTls => Tls::Required(tls()?),
            MailEncryption::None => Tls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.patience));
        if let Some((user, password)) = &settings.credentials {
            builder = builder.credentials(Credentials::new(user.clone(), password.0.clone()));
        }
        Ok(Self { transport: builder.build(), from, patience: settings.patience })
    }

    /// The address mails come from.
    pub(super) fn from(&self) -> &str {
        self.from.as_ref()
    }

    /// Longest that an attempt takes.
    pub(super) fn longest(&self) -> Duration {
        self.patience * 2
    }

    /// One attempt. `token` names the mail and makes its Message-ID the same each time.
    pub(super) async fn send(&self, token: &str, mail: Mail) -> Outcome {
        let message = match self.message(token, mail) {
            Ok(message) => message,
            Err(failure) => return Outcome::Refused { said: failure.to_string() },
        };
        // A server that says a word now and then would never reach the time limit of one answer.
        match tokio::time::timeout(self.longest(), self.transport.send(message)).await {
            Ok(Ok(answer)) => Outcome::Sent { said: answer.message().collect::<Vec<_>>().join(" ") },
            Ok(Err(failure)) if failure.is_permanent() => Outcome::Refused { said: sentence(&failure) },
            Ok(Err(failure)) => Outcome::Failed { said: sentence(&failure) },
            Err(_) => Outcome::Failed { said: "timeout".to_owned() },
        }
    }

    fn message(&self, token: &str, mail: Mail) -> Result<Message, Box<dyn Error + Send + Sync>> {
        let from = Mailbox::new(Some(SENDER.to_owned()), self.from.clone());
        let to = Mailbox::new(Some(mail.name).filter(|name| !name.is_empty()), mail.to.parse()?);
        let builder = Message::builder()
            .message_id(Some(format!("<{token}@{}>", self.from.domain())))
            .from(from)
            .to(to)
            .subject(mail.subject);
        let mut shown = MultiPart::alternative()
            .singlepart(SinglePart::plain(mail.text))
            .singlepart(SinglePart::html(mail.html));
        if let Some((method, entry)) = &mail.calendar {
            // iMIP, RFC 6047 section 2.4: the method stands in the type as well.
            let kind = ContentType::parse(&format!("text/calendar; method={method}; charset=utf-8"))?;
            shown = shown.singlepart(SinglePart::builder().header(kind).body(entry.clone()));
        }
        let whole = match mail.calendar {
            Some((_, entry)) => {
                let kind = ContentType::parse("application/ics; name=\"hop.ics\"")?;
                let file = lettre::message::Attachment::new("hop.ics".to_owned()).body(entry, kind);
                MultiPart::mixed().multipart(shown).singlepart(file)
            }
            None => shown,
        };
        Ok(builder.multipart(whole)?)
    }
}

/// The failure and what lies behind it, in one line: the server's own words stand in the source.
fn sentence(failure: &(dyn Error + 'static)) -> String {
    let mut said = failure.to_string();
    let mut source = failure.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !said.contains(&words) {
            said = format!("{said}: {words}");
        }
        source = cause.source();
    }
    said
}
