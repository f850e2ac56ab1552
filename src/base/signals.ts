/**
 * Signals: something happened, and whoever connected hears of it.
 * @module
 */

/** What a receiver is: called with the event, awaited before the next one. */
export type Receiver<Event> = (event: Event) => void | Promise<void>

/**
 * One kind of event. Receivers run one after another in the order they connected; an error in one reaches the sender,
 * as Django's `send()` does, because a receiver may veto a transaction by throwing.
 *
 * @example
 * const stop = auth.signals.userLoginFailed.connect(({ credentials }) => console.log(credentials))
 * stop()
 */
export class Signal<Event> {
  readonly #receivers = new Set<Receiver<Event>>()

  /** Adds a receiver and returns the function that removes it. The same function is only added once. */
  connect(receiver: Receiver<Event>): () => void {
    this.#receivers.add(receiver)
    return () => this.disconnect(receiver)
  }

  /** Removes a receiver; one that is not connected is ignored. */
  disconnect(receiver: Receiver<Event>): void {
    this.#receivers.delete(receiver)
  }

  /** Tells every receiver, in order, and waits for each. */
  async send(event: Event): Promise<void> {
    // Those who were there when it happened: one may disconnect another, or itself.
    const present = [...this.#receivers]
    for (const receiver of present) await receiver(event)
  }

  /** Whether anyone listens, so that a sender can save itself the work. */
  get hasReceivers(): boolean {
    return this.#receivers.size > 0
  }
}
