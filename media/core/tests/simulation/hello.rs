//! A ClientHello of the size and shape that Chromium 156 sends, built by hand: post-quantum key
//! share, DTLS 1.3 offered, SRTP profiles with SHA1-80 first, split at 1175 bytes.
//!
//! Used by the transport tests. It cannot finish a handshake; it shows that ours answers it.

const HANDSHAKE: u8 = 22;
const FIRST_FRAGMENT_LEN: usize = 1175;
/// Length of Chromium's hello without a cookie, behind the fragment header.
const HELLO_LEN: usize = 1413;

fn extension(out: &mut Vec<u8>, kind: u16, value: &[u8]) {
    out.extend_from_slice(&kind.to_be_bytes());
    out.extend_from_slice(&(value.len() as u16).to_be_bytes());
    out.extend_from_slice(value);
}

fn hello_body(cookie: &[u8]) -> Vec<u8> {
    let mut extensions = Vec::new();
    // Supported groups: X25519MLKEM768, X25519, P-256, P-384.
    extension(&mut extensions, 10, &[0, 8, 0x11, 0xec, 0, 29, 0, 23, 0, 24]);
    extension(&mut extensions, 11, &[1, 0]);
    extension(&mut extensions, 13, &[0, 8, 4, 3, 8, 4, 4, 1, 5, 3]);
    // use_srtp: SHA1-80, GCM-256, GCM-128.
    extension(&mut extensions, 14, &[0, 6, 0, 1, 0, 8, 0, 7, 0]);
    extension(&mut extensions, 23, &[]);
    extension(&mut extensions, 43, &[4, 0xfe, 0xfc, 0xfe, 0xfd]);
    extension(&mut extensions, 0xff01, &[0]);
    // Key share: 1216 bytes of X25519MLKEM768 and 32 of X25519.
    let mut shares = vec![0x04, 0xe8, 0x11, 0xec, 0x04, 0xc0];
    shares.resize(shares.len() + 1216, 0x5a);
    shares.extend_from_slice(&[0, 29, 0, 32]);
    shares.resize(shares.len() + 32, 0x5b);
    extension(&mut extensions, 51, &shares);

    let mut body = vec![0xfe, 0xfd];
    body.resize(34, 0x42);
    body.push(0);
    body.push(cookie.len() as u8);
    body.extend_from_slice(cookie);
    let ciphers = [0x1301u16, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xcca9, 0xcca8, 0xc009, 0xc013];
    body.extend_from_slice(&(2 * ciphers.len() as u16).to_be_bytes());
    ciphers.iter().for_each(|cipher| body.extend_from_slice(&cipher.to_be_bytes()));
    body.extend_from_slice(&[1, 0]);
    // Padding extension up to the measured length, behind its own four bytes.
    let padding = HELLO_LEN + cookie.len() - body.len() - 2 - extensions.len() - 4;
    extension(&mut extensions, 21, &vec![0; padding]);
    body.extend_from_slice(&(extensions.len() as u16).to_be_bytes());
    body.extend_from_slice(&extensions);
    body
}

fn be24(value: usize) -> [u8; 3] {
    [(value >> 16) as u8, (value >> 8) as u8, value as u8]
}

/// The hello as two datagrams; `message` counts hellos, `cookie` is empty in the first.
pub fn hello_datagrams(message: u8, cookie: &[u8]) -> Vec<Vec<u8>> {
    let body = hello_body(cookie);
    let parts = [0..FIRST_FRAGMENT_LEN, FIRST_FRAGMENT_LEN..body.len()];
    let datagram = |(place, part): (usize, std::ops::Range<usize>)| {
        let sequence = 2 * message + place as u8;
        let mut out = vec![HANDSHAKE, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, sequence];
        out.extend_from_slice(&((part.len() + 12) as u16).to_be_bytes());
        out.push(1);
        out.extend_from_slice(&be24(body.len()));
        out.extend_from_slice(&[0, message]);
        out.extend_from_slice(&be24(part.start));
        out.extend_from_slice(&be24(part.len()));
        out.extend_from_slice(&body[part]);
        out
    };
    parts.into_iter().enumerate().map(datagram).collect()
}

/// The cookie of a HelloVerifyRequest datagram.
pub fn cookie_of(verify: &[u8]) -> Vec<u8> {
    assert_eq!((verify[0], verify[13]), (HANDSHAKE, 3), "not a HelloVerifyRequest");
    let len = usize::from(verify[27]);
    verify[28..28 + len].to_vec()
}

/// The SRTP profile in the ServerHello at the start of a server flight.
pub fn srtp_profile_of_server_flight(flight: &[u8]) -> Option<u16> {
    assert_eq!((flight[0], flight[13]), (HANDSHAKE, 2), "not a ServerHello");
    // Version, random, session id; then cipher, compression, and the extensions.
    let session_len = usize::from(flight[25 + 34]);
    let mut rest = &flight[25 + 35 + session_len + 3 + 2..];
    while let [k0, k1, l0, l1, after @ ..] = rest {
        let len = usize::from(u16::from_be_bytes([*l0, *l1]));
        if (*k0, *k1) == (0, 14) {
            return Some(u16::from_be_bytes([after[2], after[3]]));
        }
        rest = after.get(len..)?;
    }
    None
}
