"""A real mail server for tests: aiosmtpd on a free port of loopback, with STARTTLS when it is given a
certificate. Prints its port, then every mail it takes as one line of JSON. Run by the tests alone; never
sends anything anywhere.
"""

import asyncio
import json
import ssl
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Taker:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("khong-co@"):
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        parts = [
            {"type": part.get_content_type(), "method": part.get_param("method"), "text": part.get_content()}
            for part in message.walk()
            if part.get_content_maintype() == "text"
        ]
        told = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "subject": message["subject"],
            "id": message["message-id"],
            "tls": session.ssl is not None,
            "parts": parts,
            "files": [part.get_filename() for part in message.walk() if part.get_filename()],
        }
        print(json.dumps(told), flush=True)
        return "250 2.0.0 taken by the test server"


async def main():
    context = None
    if len(sys.argv) == 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])

    def factory():
        return SMTP(Taker(), enable_SMTPUTF8=True, tls_context=context, require_starttls=context is not None)

    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with the test that holds the other end.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
