import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Deps } from '../deps.ts'
import { decide } from '../platform/deciding.ts'
import { etagOf } from '../platform/etag.ts'
import { operation } from '../platform/openapi.ts'
import { DryRun, IdempotencyKeyHeader, IfMatchHeader, ref } from '../platform/schema.ts'
import {
  allocateCredit,
  creditNoteOf,
  pageOfCredits,
  pageOfInvoices,
  paymentOf,
  putInvoice,
  readBehaviour,
  readCredit,
  readInvoice,
  recordCreditNote,
  recordPayment
} from './commands.ts'
import {
  AllocationsToMake,
  BehaviourQuery,
  CreditNote,
  CreditNotePage,
  CreditNotePath,
  CreditQuery,
  CustomerPath,
  Invoice,
  InvoicePage,
  InvoicePath,
  InvoiceQuery,
  NewCreditNote,
  NewInvoice,
  NewPayment,
  Payment,
  PaymentBehaviour,
  PaymentPage,
  PaymentPath
} from './schema.ts'

const tag = 'Receivables'
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
  'already-recorded',
  'exposure-too-large',
  'idempotency-key-invalid',
  'idempotency-key-reused'
] as const

export const receivableRoutes =
  (deps: Deps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.put(
      '/customers/:customerId/invoices/:invoiceId',
      operation(tag, 'putInvoice', 'Record an invoice', 'write', {
        description:
          'An issued invoice is a fact: it is recorded even above the limit. If it captured a reservation, the captured amount moves into the receivables instead of counting twice.',
        params: InvoicePath,
        querystring: DryRun,
        headers: IfMatchHeader,
        body: ref(NewInvoice),
        response: { 200: ref(Invoice), 201: ref(Invoice) },
        carries: ['ETag', 'Location'],
        problems: [
          'customer-not-found',
          'currency-not-supported',
          'invoice-below-settled',
          'exposure-too-large',
          'precondition-failed'
        ]
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          putInvoice(deps, trx, request.caller, request.params, request.headers['if-match'], request.body)
        )
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
        carries: ['ETag'],
        params: CustomerPath,
        querystring: InvoiceQuery,
        response: { 200: ref(InvoicePage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params, query }) => pageOfInvoices(deps.db, params.customerId, query)
    )

    app.post(
      '/customers/:customerId/payments',
      operation(tag, 'recordPayment', 'Record a payment and allocate it to invoices', 'write', {
        description:
          'Without allocations the oldest due invoices are settled first; what is left over stays unapplied and lowers the exposure all the same.',
        params: CustomerPath,
        ...write,
        body: ref(NewPayment),
        response: { 200: ref(Payment), 201: ref(Payment) },
        carries: ['Location'],
        problems: creditProblems
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          recordPayment(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.post(
      '/customers/:customerId/payments/:paymentId/allocations',
      operation(tag, 'allocatePayment', 'Apply the unapplied part of a payment', 'write', {
        params: PaymentPath,
        ...write,
        body: ref(AllocationsToMake),
        response: { 200: ref(Payment) },
        problems: [...allocationProblems, 'not-found', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
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
        carries: ['ETag'],
        params: CustomerPath,
        querystring: CreditQuery,
        response: { 200: ref(PaymentPage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params: { customerId }, query }) => pageOfCredits(deps.db, customerId, 'payment', query, paymentOf)
    )

    app.post(
      '/customers/:customerId/credit-notes',
      operation(tag, 'recordCreditNote', 'Record a credit note', 'write', {
        params: CustomerPath,
        ...write,
        body: ref(NewCreditNote),
        response: { 200: ref(CreditNote), 201: ref(CreditNote) },
        carries: ['Location'],
        problems: creditProblems
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
          recordCreditNote(deps, trx, request.caller, request.params.customerId, request.body)
        )
    )

    app.post(
      '/customers/:customerId/credit-notes/:creditNoteId/allocations',
      operation(tag, 'allocateCreditNote', 'Apply the unapplied part of a credit note', 'write', {
        params: CreditNotePath,
        ...write,
        body: ref(AllocationsToMake),
        response: { 200: ref(CreditNote) },
        problems: [...allocationProblems, 'not-found', 'idempotency-key-invalid', 'idempotency-key-reused']
      }),
      (request, reply) =>
        decide(deps.db, request, reply, (trx) =>
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
        carries: ['ETag'],
        params: CustomerPath,
        querystring: CreditQuery,
        response: { 200: ref(CreditNotePage) },
        problems: ['customer-not-found', 'invalid-cursor']
      }),
      async ({ params: { customerId }, query }) =>
        pageOfCredits(deps.db, customerId, 'credit_note', query, creditNoteOf)
    )

    app.get(
      '/customers/:customerId/payment-behaviour',
      operation(tag, 'getPaymentBehaviour', 'How the customer pays, as of a day', 'read', {
        carries: ['ETag'],
        params: CustomerPath,
        querystring: BehaviourQuery,
        response: { 200: ref(PaymentBehaviour) },
        problems: ['customer-not-found']
      }),
      async ({ params, query }) => readBehaviour(deps, deps.db, params.customerId, query)
    )
  }
