export {
  type AssetCode,
  compareProducts,
  compareText,
  type Dated,
  expiryOf,
  type Future,
  type Option,
  type Perpetual,
  type Product,
  type ProductId,
  type Settlement,
  type SpotAsset,
} from './product.ts';
