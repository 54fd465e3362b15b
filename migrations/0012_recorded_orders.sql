-- A credit check asks whether an item of the ledger counts for its order already, which would count beside the reservation. Customers may have
-- thousands of open items: the answer costs one look into an index that holds nothing but open orders.
create index exposure_items_open_orders on exposure_items (customer_id, item_id)
  where category = 'order' and state = 'open' and not statistical;
