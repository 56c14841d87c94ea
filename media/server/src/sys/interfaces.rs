//! The machine's own addresses. Called by `config` when no address to advertise is set.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ptr;

/// The addresses of every interface that is up, loopback ones last, link-local IPv6 left out (a
/// browser cannot use them without a scope).
///
/// # Errors
/// The system's, when it cannot list its interfaces.
pub(crate) fn own_addresses() -> io::Result<Vec<IpAddr>> {
    let mut head: *mut libc::ifaddrs = ptr::null_mut();
    // SAFETY: `head` is a live pointer for the call to fill.
    if unsafe { libc::getifaddrs(&mut head) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut found = Vec::new();
    let mut next = head;
    while !next.is_null() {
        // SAFETY: getifaddrs gives a null-terminated list that lives until freeifaddrs below.
        let entry = unsafe { &*next };
        next = entry.ifa_next;
        let is_up = entry.ifa_flags & libc::IFF_UP as libc::c_uint != 0;
        if !is_up || entry.ifa_addr.is_null() {
            continue;
        }
        // SAFETY: not null, and every sockaddr begins with its family.
        let family = i32::from(unsafe { (*entry.ifa_addr).sa_family });
        let address = match family {
            libc::AF_INET => {
                // SAFETY: the family says that this is a sockaddr_in.
                let v4 = unsafe { &*entry.ifa_addr.cast::<libc::sockaddr_in>() };
                IpAddr::V4(Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr)))
            }
            libc::AF_INET6 => {
                // SAFETY: the family says that this is a sockaddr_in6.
                let v6 = unsafe { &*entry.ifa_addr.cast::<libc::sockaddr_in6>() };
                IpAddr::V6(Ipv6Addr::from(v6.sin6_addr.s6_addr))
            }
            _ => continue,
        };
        let is_link_local = matches!(address, IpAddr::V6(v6) if v6.is_unicast_link_local());
        if !is_link_local && !found.contains(&address) {
            found.push(address);
        }
    }
    // SAFETY: `head` came from getifaddrs and is not used after this.
    unsafe { libc::freeifaddrs(head) };
    found.sort_by_key(IpAddr::is_loopback);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_come_last() {
        let all = own_addresses().expect("the machine lists its interfaces");
        let first_loopback = all.iter().position(IpAddr::is_loopback).unwrap_or(all.len());
        assert!(all[first_loopback..].iter().all(IpAddr::is_loopback), "{all:?}");
    }
}
