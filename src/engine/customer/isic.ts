import type { Text } from '../values/text.ts'

/**
 * One section of the International Standard Industrial Classification, Revision 4: its name and the
 * divisions in it.
 */
interface IndustrySection {
  readonly name: Text
  /** First and last division, both included. */
  readonly divisions: readonly [number, number]
}

/** The 21 sections of ISIC Rev. 4 (United Nations, 2008). */
export const INDUSTRY_SECTIONS: Readonly<Record<string, IndustrySection>> = {
  A: { name: { en: 'Agriculture, forestry and fishing', zh: '农业、林业及渔业' }, divisions: [1, 3] },
  B: { name: { en: 'Mining and quarrying', zh: '采矿和采石' }, divisions: [5, 9] },
  C: { name: { en: 'Manufacturing', zh: '制造业' }, divisions: [10, 33] },
  D: {
    name: { en: 'Electricity, gas, steam and air conditioning supply', zh: '电、煤气、蒸汽和空调的供应' },
    divisions: [35, 35]
  },
  E: {
    name: {
      en: 'Water supply; sewerage, waste management and remediation activities',
      zh: '供水；污水处理、废物管理和补救活动'
    },
    divisions: [36, 39]
  },
  F: { name: { en: 'Construction', zh: '建筑业' }, divisions: [41, 43] },
  G: {
    name: {
      en: 'Wholesale and retail trade; repair of motor vehicles and motorcycles',
      zh: '批发和零售业；汽车和摩托车的修理'
    },
    divisions: [45, 47]
  },
  H: { name: { en: 'Transportation and storage', zh: '运输和储存' }, divisions: [49, 53] },
  I: { name: { en: 'Accommodation and food service activities', zh: '食宿服务活动' }, divisions: [55, 56] },
  J: { name: { en: 'Information and communication', zh: '信息和通信' }, divisions: [58, 63] },
  K: { name: { en: 'Financial and insurance activities', zh: '金融和保险活动' }, divisions: [64, 66] },
  L: { name: { en: 'Real estate activities', zh: '房地产活动' }, divisions: [68, 68] },
  M: {
    name: { en: 'Professional, scientific and technical activities', zh: '专业、科学和技术活动' },
    divisions: [69, 75]
  },
  N: { name: { en: 'Administrative and support service activities', zh: '行政和辅助活动' }, divisions: [77, 82] },
  O: {
    name: { en: 'Public administration and defence; compulsory social security', zh: '公共管理与国防；强制性社会保障' },
    divisions: [84, 84]
  },
  P: { name: { en: 'Education', zh: '教育' }, divisions: [85, 85] },
  Q: { name: { en: 'Human health and social work activities', zh: '人体健康和社会工作活动' }, divisions: [86, 88] },
  R: { name: { en: 'Arts, entertainment and recreation', zh: '艺术、娱乐和文娱活动' }, divisions: [90, 93] },
  S: { name: { en: 'Other service activities', zh: '其他服务活动' }, divisions: [94, 96] },
  T: {
    name: {
      en: 'Activities of households as employers; undifferentiated goods- and services-producing activities of households for own use',
      zh: '家庭作为雇主的活动；家庭自用、未加区分的物品生产和服务活动'
    },
    divisions: [97, 98]
  },
  U: {
    name: { en: 'Activities of extraterritorial organizations and bodies', zh: '国际组织和机构的活动' },
    divisions: [99, 99]
  }
}

/** Whether a text is a section (A to U) or a division (two digits) of ISIC Rev. 4. */
export function isIndustry(code: string): boolean {
  return sectionOf(code) !== undefined
}

/**
 * The section that a section or division belongs to; undefined for a code that ISIC Rev. 4 does not
 * have.
 */
export function sectionOf(code: string): string | undefined {
  if (Object.hasOwn(INDUSTRY_SECTIONS, code)) return code
  if (!/^[0-9]{2}$/.test(code)) return undefined
  const division = Number(code)
  for (const [section, { divisions }] of Object.entries(INDUSTRY_SECTIONS)) {
    if (division >= divisions[0] && division <= divisions[1]) return section
  }
  return undefined
}
