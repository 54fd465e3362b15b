-- What the assessment behind the rating advises besides its grade: that a person looks at the customer, or that there be no credit.
alter table credit_accounts
  add column rating_advice text not null default 'none' check (rating_advice in ('none', 'refer', 'decline'));
