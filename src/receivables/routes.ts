import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { CustomerPath } from '../accounts/schema.ts'
import type { Deps } from '../deps.ts'
import type { CustomerId, ItemId } from '../ids.ts'
import { runCommand } from '../platform/http/command.ts'
import { etagOf } from '../platform/http/etag.ts'
import { operation } from '../platform/http/openapi.ts'
import { readerFor } from '../platform/http/reports.ts'
import { DryRun, IdempotencyKeyHeader, IfMatchHeader, ref } from '../platform/http/schema.ts'
import {
  allocateCredit,
  creditNoteOf,
  pageOfCredits,
  paymentOf,
  readCredit,
  recordCreditNote,
  recordPayment
} from './commands/credits.ts'
import { pageOfDiscounts, readDiscount, recordDiscount } from './commands/discounts.ts'
import {
  closeExposureItem,
  DEFAULT_SOURCE,
  pageOfItems,
  putExposureItem,
  readExposureItem
} from './commands/exposure-items.ts'
import { pageOfInvoices, putInvoice, readInvoice } from './commands/invoices.ts'
import {
  AllocationsToMake,
  CreditNote,
  CreditNotePage,
  CreditNotePath,
  CreditQuery,
  Discount,
  DiscountPage,
  DiscountPath,
  ExposureItem,
  ExposureItemClosing,
  ExposureItemPage,
  ExposureItemPath,
  ExposureItemQuery,
  ExposureItemSource,
  ExposureItemWrite,
  Invoice,
  InvoicePage,
  InvoicePath,
  InvoiceQuery,
  NewCreditNote,
  NewDiscount,
  NewExposureItem,
  NewInvoice,
  NewPayment,
  Payment,
  PaymentPage,
  PaymentPath
} from './schema.ts'

const tag = 'Receivables'
const itemTag = 'Exposure items'
const write = { querystring: DryRun, headers: IdempotencyKeyHeader } as const
const allocationProblems = [
  'customer-not-found',
  'currency-not-supported',
  'invoice-not-found',
  'allocation-exceeds-invoice',
  'allocation-exceeds-credit'
] as const
const creditProblems = [
  ...allocationProblems,
  'rate-missing',
  'already-recorded',
  'exposure-too-large',
  'idempotency-key-invalid',
  'idempotency-key-reused'
] as const

const conversionProblems = [
  'stale-version',
  'currency-mismatch',
  'conversion-origin-missing',
  'conversion-exceeds-open',
  'conversion-irreversible',
  'exposure-item-closed',
  'exposure-item-held',
  'capture-exceeds-reservation',
  'reservation-absent',
  'reservation-already-captured',
  'reservation-already-released',
  'reservation-already-expired'
] as const

export const receivableRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/customers/:customerId/invoices/:invoiceId',
      operation(tag, 'putInvoice', 'Record an invoice', 'documents', {
        description:
          'An issued invoice is a fact: it is recorded even above the limit. If it captured a reservation, the captured amount moves into the receivables instead of counting twice. An amount in another currency is converted with the rate that holds on the day of issue, and keeps it as long as currency and day stay, or once something of it is settled.',
        params: InvoicePath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(NewInvoice),
        response: { 200: ref(Invoice), 201: ref(Invoice) },
        carries: ['ETag', 'Location'],
        problems: [
          'customer-not-found',
          'rate-missing',
          'invoice-below-settled',
          'invoice-already-captured',
          ...conversionProblems,
          'exposure-too-large',
          'precondition-failed'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          putInvoice(deps, trx, request.caller, request.params, request.headers['if-match'], request.body)
        )
    )

    app.put(
      '/customers/:customerId/exposure-items/:itemId',
      operation(itemTag, 'putExposureItem', 'Record an order, a delivery or a special item', 'documents', {
        description:
          'A fact of the caller’s system: it counts even above the limit. What it was made from is taken off there in the same transaction, so that nothing counts twice and nothing drops out in between. An amount in another currency is converted with the rate of the day and keeps it until the amount changes. An order whose id holds a reservation, which would count twice, is refused unless it names that check in convertedFrom. An order that is recorded first is taken over by its check when that is approved: the item is closed then.',
        params: ExposureItemPath,
        querystring: ExposureItemWrite,
        body: ref(NewExposureItem),
        response: { 200: ref(ExposureItem), 201: ref(ExposureItem) },
        carries: ['ETag', 'Location'],
        problems: [
          'customer-not-found',
          'rate-missing',
          'exposure-item-below-converted',
          'order-also-held',
          ...conversionProblems,
          'exposure-too-large'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          putExposureItem(deps, trx, request.caller, itemKey(request), request.body)
        )
    )

    app.delete(
      '/customers/:customerId/exposure-items/:itemId',
      operation(itemTag, 'closeExposureItem', 'Close an exposure item', 'documents', {
        description: 'It counts no longer and stays on file. A higher version of the document opens it again.',
        params: ExposureItemPath,
        querystring: ExposureItemClosing,
        response: { 200: ref(ExposureItem) },
        carries: ['ETag'],
        problems: ['customer-not-found', 'not-found', 'stale-version']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          closeExposureItem(deps, trx, request.caller, itemKey(request), request.query.sourceVersion)
        )
    )

    app.get(
      '/customers/:customerId/exposure-items/:itemId',
      operation(itemTag, 'getExposureItem', 'Read an exposure item', 'read', {
        params: ExposureItemPath,
        querystring: ExposureItemSource,
        response: { 200: ref(ExposureItem) },
        carries: ['ETag'],
        problems: ['not-found', 'customer-not-found']
      }),
      async (request, reply) => {
        const item = await readExposureItem(deps, itemKey(request))
        reply.header('etag', etagOf(item.version))
        return item
      }
    )

    app.get(
      '/customers/:customerId/exposure-items',
      operation(itemTag, 'listExposureItems', 'List the exposure items of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: ExposureItemQuery,
        response: { 200: ref(ExposureItemPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) =>
        pageOfItems(deps, await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.get(
      '/customers/:customerId/invoices/:invoiceId',
      operation(tag, 'getInvoice', 'Read an invoice', 'read', {
        params: InvoicePath,
        response: { 200: ref(Invoice) },
        carries: ['ETag'],
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, invoiceId } }, reply) => {
        const invoice = await readInvoice(deps.db, customerId, invoiceId)
        reply.header('etag', etagOf(invoice.version))
        return invoice
      }
    )

    app.get(
      '/customers/:customerId/invoices',
      operation(tag, 'listInvoices', 'List the invoices of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: InvoiceQuery,
        response: { 200: ref(InvoicePage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }, reply) => pageOfInvoices(await readerFor(deps.reports, reply), params.customerId, query)
    )

    app.post(
      '/customers/:customerId/payments',
      operation(tag, 'recordPayment', 'Record a payment and allocate it to invoices', 'documents', {
        description:
          'Without allocations the oldest due invoices are settled first; what is left over stays unapplied and lowers the exposure all the same. Money in another currency is converted with the rate that holds on the day on which it was received. In one currency a unit settles a unit, whatever rates the two have: the exchange difference moves the exposure, and nothing of it stays open.',
        params: CustomerPath,
        ...write,
        body: ref(NewPayment),
        response: { 200: ref(Payment), 201: ref(Payment) },
        carries: ['Location'],
        problems: creditProblems
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          recordPayment(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.post(
      '/customers/:customerId/payments/:paymentId/allocations',
      operation(tag, 'allocatePayment', 'Apply the unapplied part of a payment', 'documents', {
        description:
          'Settles invoices; exposure moves by exchange differences alone: it was lowered when the payment was recorded.',
        params: PaymentPath,
        ...write,
        body: ref(AllocationsToMake),
        response: { 200: ref(Payment) },
        problems: [...allocationProblems, 'not-found', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          allocateCredit(
            deps,
            trx,
            request.caller,
            { customerId: request.params.customerId, kind: 'payment', creditId: request.params.paymentId },
            request.body
          )
        )
    )

    app.get(
      '/customers/:customerId/payments/:paymentId',
      operation(tag, 'getPayment', 'Read a payment', 'read', {
        carries: ['ETag'],
        params: PaymentPath,
        response: { 200: ref(Payment) },
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, paymentId } }) => readCredit(deps.db, customerId, 'payment', paymentId, paymentOf)
    )

    app.get(
      '/customers/:customerId/payments',
      operation(tag, 'listPayments', 'List the payments of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: CreditQuery,
        response: { 200: ref(PaymentPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params: { customerId }, query }, reply) =>
        pageOfCredits(await readerFor(deps.reports, reply), customerId, 'payment', query, paymentOf)
    )

    app.post(
      '/customers/:customerId/credit-notes',
      operation(tag, 'recordCreditNote', 'Record a credit note', 'documents', {
        description:
          'Settles invoices as a payment does, but says nothing about how the customer pays. One in another currency is converted with the rate that holds on its day of issue.',
        params: CustomerPath,
        ...write,
        body: ref(NewCreditNote),
        response: { 200: ref(CreditNote), 201: ref(CreditNote) },
        carries: ['Location'],
        problems: creditProblems
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          recordCreditNote(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.post(
      '/customers/:customerId/credit-notes/:creditNoteId/allocations',
      operation(tag, 'allocateCreditNote', 'Apply the unapplied part of a credit note', 'documents', {
        description:
          'Settles invoices; exposure moves by exchange differences alone: it was lowered when the credit note was recorded.',
        params: CreditNotePath,
        ...write,
        body: ref(AllocationsToMake),
        response: { 200: ref(CreditNote) },
        problems: [...allocationProblems, 'not-found', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          allocateCredit(
            deps,
            trx,
            request.caller,
            { customerId: request.params.customerId, kind: 'credit_note', creditId: request.params.creditNoteId },
            request.body
          )
        )
    )

    app.get(
      '/customers/:customerId/credit-notes/:creditNoteId',
      operation(tag, 'getCreditNote', 'Read a credit note', 'read', {
        carries: ['ETag'],
        params: CreditNotePath,
        response: { 200: ref(CreditNote) },
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, creditNoteId } }) =>
        readCredit(deps.db, customerId, 'credit_note', creditNoteId, creditNoteOf)
    )

    app.get(
      '/customers/:customerId/credit-notes',
      operation(tag, 'listCreditNotes', 'List the credit notes of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: CreditQuery,
        response: { 200: ref(CreditNotePage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params: { customerId }, query }, reply) =>
        pageOfCredits(await readerFor(deps.reports, reply), customerId, 'credit_note', query, creditNoteOf)
    )

    app.post(
      '/customers/:customerId/discounts',
      operation(tag, 'recordDiscount', 'Record an early-payment discount', 'documents', {
        description:
          'Settles of one invoice what the money that came in time has earned: a share of what is paid and taken together. Record the payment first. The policy bounds the share (`terms.discountShareMax`, 5 % unless it says otherwise). It is neither money nor a credit note, and says nothing about how the customer pays.',
        params: CustomerPath,
        ...write,
        body: ref(NewDiscount),
        response: { 200: ref(Discount), 201: ref(Discount) },
        carries: ['Location'],
        problems: [
          'customer-not-found',
          'currency-not-supported',
          'invoice-not-found',
          'allocation-exceeds-invoice',
          'discount-not-earned',
          'already-recorded',
          'idempotency-key-invalid',
          'idempotency-key-reused'
        ]
      }),
      (request, reply) =>
        runCommand(deps.db, request, reply, (trx) =>
          recordDiscount(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.get(
      '/customers/:customerId/discounts/:discountId',
      operation(tag, 'getDiscount', 'Read an early-payment discount', 'read', {
        carries: ['ETag'],
        params: DiscountPath,
        response: { 200: ref(Discount) },
        problems: ['not-found', 'customer-not-found']
      }),
      async ({ params: { customerId, discountId } }) => readDiscount(deps.db, customerId, discountId)
    )

    app.get(
      '/customers/:customerId/discounts',
      operation(tag, 'listDiscounts', 'List the early-payment discounts of a customer', 'read', {
        carries: ['ETag', 'Data-As-Of'],
        params: CustomerPath,
        querystring: CreditQuery,
        response: { 200: ref(DiscountPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params: { customerId }, query }, reply) =>
        pageOfDiscounts(await readerFor(deps.reports, reply), customerId, query)
    )
  }

function itemKey({
  params: { customerId, itemId },
  query: { source = DEFAULT_SOURCE }
}: {
  params: { customerId: CustomerId; itemId: ItemId }
  query: { source?: string }
}) {
  return { customerId, itemId, source }
}
