/**
 * Web-hooks and their deliveries over HTTP, for administrators. As http.ts: errors are thrown as
 * `HttpError`.
 */

import type { Delivery, HookEvent, Webhook } from "./generated";
import { call } from "./http";

const of = (id: string) => `/webhooks/${encodeURIComponent(id)}`;

export function webhooks(): Promise<Webhook[]> {
  return call<Webhook[]>("GET", "/webhooks");
}

/** The secret is told this once. Refused: `bad_field`. */
export function addWebhook(body: {
  url: string;
  events: HookEvent[];
}): Promise<{ webhook: Webhook; secret: string }> {
  return call("POST", "/webhooks", body);
}

export function changeWebhook(
  id: string,
  change: { active?: boolean; events?: HookEvent[] },
): Promise<Webhook> {
  return call<Webhook>("PATCH", of(id), change);
}

export function dropWebhook(id: string): Promise<void> {
  return call<void>("DELETE", of(id));
}

/** Sends a delivery that tells of nothing. */
export function testWebhook(id: string): Promise<void> {
  return call<void>("POST", `${of(id)}/test`);
}

export function deliveries(id: string): Promise<Delivery[]> {
  return call<Delivery[]>("GET", `${of(id)}/deliveries`);
}

export function retryDelivery(id: string, delivery: string): Promise<void> {
  return call<void>("POST", `${of(id)}/deliveries/${encodeURIComponent(delivery)}/retry`);
}
